/** A memory and the words around it: what every face of Edge Memory speaks. */

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Memory {
  /** Hex SHA-256 of the stripped, lower-cased content; for older rows whatever was stored. Opaque identity. */
  readonly contentHash: string;
  /** Exactly what was stored; only its beginning where `truncated` is set. */
  readonly content: string;
  /** `content` was cut, because a limit was asked or large content lies elsewhere: `get` answers all of it. */
  readonly truncated: boolean;
  /** Normalised: trimmed, lower-case, unique. A project is the tag `proj:<name>`. */
  readonly tags: readonly string[];
  readonly memoryType: string | undefined;
  /** The person's own keys; other programs may rewrite it. */
  readonly metadata: JsonObject;
  /** Seconds since the epoch, with fractions. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Set while the memory is deleted but can still be restored. */
  readonly deletedAt: number | undefined;
  /** UTF-8 bytes of the content. */
  readonly contentSize: number;
  readonly pinned: boolean;
  /** Never leaves this machine: by its own mark, or its project's. */
  readonly localOnly: boolean;
  readonly source: MemorySource | undefined;
  /** The hash of the memory that replaced this one. */
  readonly supersededBy: string | undefined;
}

/** Where a memory came from. Kept beside the record, out of reach of other programs. */
export interface MemorySource {
  /** The face or MCP client that stored it, for example `vscode`, `cli`, `Claude Code 2.1`. */
  readonly client?: string | undefined;
  readonly person?: string | undefined;
  readonly repository?: string | undefined;
  readonly path?: string | undefined;
  /** First and last line, from 1. */
  readonly lines?: readonly [number, number] | undefined;
  readonly symbol?: string | undefined;
  readonly commit?: string | undefined;
  /** Hash of the lines, to tell later whether the code has changed. */
  readonly linesHash?: string | undefined;
}

export interface NewMemory {
  readonly content: string;
  readonly tags?: readonly string[] | undefined;
  readonly memoryType?: string | undefined;
  readonly metadata?: JsonObject | undefined;
  /** Seconds since the epoch; now when absent. */
  readonly createdAt?: number | undefined;
  /** Adds the tag `proj:<name>`. */
  readonly project?: string | undefined;
  readonly pinned?: boolean | undefined;
  readonly localOnly?: boolean | undefined;
  readonly source?: MemorySource | undefined;
  /** The memory that this one replaces: it ranks below from now on and says by what. */
  readonly supersedes?: string | undefined;
}

/** `merged`: the content was known; tags and metadata were united. `revived`: it had been deleted. */
export type StoreOutcome = 'stored' | 'merged' | 'revived';

export interface StoreResult {
  readonly contentHash: string;
  readonly outcome: StoreOutcome;
}

export interface MemoryPatch {
  /** Content with another hash replaces the memory: a new record with the old one's creation time, and lineage between them. */
  readonly content?: string | undefined;
  /** The whole new list; excludes addTags and removeTags. */
  readonly tags?: readonly string[] | undefined;
  readonly addTags?: readonly string[] | undefined;
  readonly removeTags?: readonly string[] | undefined;
  /** Null removes the type. */
  readonly memoryType?: string | null | undefined;
  /** Merged into the present metadata; a null value removes its key. */
  readonly metadata?: JsonObject | undefined;
  /** Null takes the memory out of its project. */
  readonly project?: string | null | undefined;
  readonly pinned?: boolean | undefined;
  readonly localOnly?: boolean | undefined;
  readonly source?: MemorySource | undefined;
}

/** Half-open: from ≤ createdAt < to, in seconds since the epoch. */
export interface TimeRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface MemoryFilter {
  readonly tags?: readonly string[] | undefined;
  /** Default `any`. */
  readonly tagMatch?: 'any' | 'all' | undefined;
  readonly memoryType?: string | undefined;
  readonly project?: string | undefined;
  /** Creation time. */
  readonly time?: TimeRange | undefined;
  readonly pinned?: boolean | undefined;
  /** By its own mark, not its project's. */
  readonly localOnly?: boolean | undefined;
  /** Only those that never leave this machine: by their own mark, or their project's. */
  readonly stays?: true | undefined;
  /** `MemorySource.path`, as it was stored. */
  readonly sourcePath?: string | undefined;
  /** Whether it came from a file. */
  readonly fromFile?: boolean | undefined;
  /** Default `live`. */
  readonly state?: 'live' | 'deleted' | undefined;
  /** Deleted by an edit, which put a later version in its place. */
  readonly replaced?: boolean | undefined;
}

export type SearchMode = 'hybrid' | 'keyword' | 'meaning' | 'exact';

export interface SearchQuery {
  readonly query: string;
  /** Default `hybrid`. */
  readonly mode?: SearchMode | undefined;
  /** 1…1000, default 10. */
  readonly limit?: number | undefined;
  readonly filter?: MemoryFilter | undefined;
  /** Memories of this project rank first among equals; unlike the filter it excludes nothing. */
  readonly preferProject?: string | undefined;
  /** Characters of content to answer with each memory; all when absent. */
  readonly contentLimit?: number | undefined;
  /** The memory whose text the query is: where that one stays on this machine, so does the search. */
  readonly about?: Pick<NewMemory, 'content' | 'tags' | 'project' | 'localOnly'> | undefined;
}

export interface SearchHit {
  readonly memory: Memory;
  /** 0…1, comparable within one answer only. */
  readonly score: number;
  readonly match: 'keyword' | 'meaning' | 'both' | 'exact';
  /** Cosine of the best chunk, where meaning was asked. Comparable between answers of one embedding model. */
  readonly similarity?: number | undefined;
  readonly snippet: Snippet;
}

/** A part of the content around what matched. Plain text: faces escape it themselves. */
export interface Snippet {
  readonly text: string;
  /** [start, end) in UTF-16 code units of `text`, ascending, not overlapping. */
  readonly marks: readonly (readonly [number, number])[];
  readonly truncatedBefore: boolean;
  readonly truncatedAfter: boolean;
}

export interface SearchAnswer {
  readonly hits: readonly SearchHit[];
  readonly mode: EffectiveMode;
  /** From this `similarity` on a memory says the same as the query; undefined where meaning played no part. */
  readonly duplicateSimilarity?: number | undefined;
}

/** How a search was really done, and why it was done with less than was asked. */
export interface EffectiveMode {
  readonly keyword: 'full-text' | 'plain-scan' | 'substring' | 'off';
  /** The model's label, or undefined where meaning played no part. */
  readonly meaning: string | undefined;
  /** Why meaning was asked for but had no part, for a person to read. */
  readonly reducedBecause?: string | undefined;
}

export interface PageRequest {
  /** 1…1000, default 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. Opaque. */
  readonly after?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined on the last page. */
  readonly next: string | undefined;
}

export interface ListQuery extends PageRequest {
  readonly filter?: MemoryFilter | undefined;
  /** By creation time, deleted ones by the time of their deletion; `newest` is the default. */
  readonly order?: 'newest' | 'oldest' | undefined;
  /** Characters of content to answer with each memory; all when absent. */
  readonly contentLimit?: number | undefined;
}

export interface Facet {
  readonly name: string;
  readonly count: number;
}

/** `tags` leaves out the projects, whose names come without `proj:`. */
export type FacetKind = 'tags' | 'types' | 'projects';

export interface FacetQuery extends PageRequest {
  readonly prefix?: string | undefined;
  /** Most used first (`count`, the default), or by name. */
  readonly order?: 'count' | 'name' | undefined;
  /** Counts only the memories that match. */
  readonly filter?: MemoryFilter | undefined;
}

export interface TagTreeQuery extends PageRequest {
  /** Answers the level right below this tag; the topmost one when absent. */
  readonly parent?: string | undefined;
  /** Most used first (`count`, the default), or by name. */
  readonly order?: 'count' | 'name' | undefined;
  /** Counts only the memories that match. */
  readonly filter?: MemoryFilter | undefined;
}

/** One of the levels that `:` makes of tags: `area:api` lies below `area`, which need not be a tag itself. */
export interface TagBranch {
  /** From the topmost level to this one, for example `area:api`. */
  readonly name: string;
  /** Memories that have this tag or one below it, each counted once. */
  readonly count: number;
  /** True where there are too many to count each once: then `count` is the most there can be. */
  readonly atMost: boolean;
  /** Those of them that have this very tag. */
  readonly own: number;
  /** How many tags lie below. */
  readonly below: number;
}

export interface DayQuery extends PageRequest {
  /** `newest` is the default. */
  readonly order?: 'newest' | 'oldest' | undefined;
  readonly filter?: MemoryFilter | undefined;
}

/** A calendar day of this machine's time zone in which memories were created. */
export interface Day {
  /** Half-open, in seconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** What to add to, and remove from, the tags of one memory. A project is the tag `proj:<name>`. */
export interface TagChange {
  readonly contentHash: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** A directed edge of the graph, in mcp-memory-service's `memory_graph`. */
export interface MemoryLink {
  readonly source: string;
  readonly target: string;
  readonly relation: string;
  readonly similarity: number;
  readonly metadata: JsonObject;
  readonly createdAt: number;
}

export interface NewLink {
  readonly source: string;
  readonly target: string;
  /** Default `related`. */
  readonly relation?: string | undefined;
  /** Default 1. */
  readonly similarity?: number | undefined;
  readonly metadata?: JsonObject | undefined;
}

/** One step in the life of a content: it replaced another one. */
export interface LineageStep {
  readonly contentHash: string;
  readonly replacedBy: string;
  readonly reason: 'edited' | 'superseded';
  /** Seconds since the epoch. */
  readonly at: number;
}

export interface MemoryStats {
  readonly live: number;
  readonly deleted: number;
  readonly pinned: number;
  readonly tags: number;
  readonly projects: number;
  /** Sum of the contents' UTF-8 bytes. */
  readonly contentBytes: number;
  /** Of the whole store, where it is known. */
  readonly storageBytes: number | undefined;
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
  readonly embedding: EmbeddingProgress;
  readonly mode: EffectiveMode;
}

export interface OverviewQuery {
  /** Seconds that the person's clock is ahead of UTC: their days begin then. Default 0. */
  readonly utcOffset?: number | undefined;
  /** From when on a memory counts as recent. Seconds since the epoch. */
  readonly recentSince?: number | undefined;
}

/** What there is, in numbers to draw. All but `stats` count live memories only; names are the 20 most used. */
export interface MemoryOverview {
  readonly stats: MemoryStats;
  /** By creation, oldest first; days without a memory are left out. */
  readonly days: readonly DayCount[];
  readonly sizes: readonly SizeCount[];
  /** Faces and agents that stored something, most first. */
  readonly clients: readonly ClientCount[];
  readonly tags: readonly Facet[];
  readonly types: readonly Facet[];
  readonly projects: readonly Facet[];
}

export interface DayCount {
  /** When the day begins. Seconds since the epoch. */
  readonly from: number;
  readonly count: number;
}

export interface SizeCount {
  /** UTF-8 bytes; the class begins where the one before it ends. Undefined for the largest. */
  readonly below: number | undefined;
  readonly count: number;
}

export interface ClientCount {
  readonly client: string;
  readonly count: number;
  /** Of these, since the time that was asked for. */
  readonly recent: number;
}

/** Where a memory's first chunk lies in the space of its model; int8 values, of which only the direction counts. */
export interface MemoryVector {
  readonly contentHash: string;
  readonly values: Int8Array;
}

export interface EmbeddingProgress {
  readonly space: string | undefined;
  readonly embedded: number;
  /** Memories that wait for their vector: found by keyword already, by meaning soon. */
  readonly pending: number;
}

export interface VerifyReport {
  readonly checked: number;
  readonly problems: readonly VerifyProblem[];
}

export interface VerifyProblem {
  readonly kind:
    | 'missing-vector'
    | 'orphan-vector'
    | 'wrong-tags-text'
    | 'orphan-tag'
    | 'missing-object'
    | 'orphan-object'
    | 'missing-full-text';
  readonly count: number;
  /** A few hashes or names, to look at. */
  readonly examples: readonly string[];
}

export type StoreEvent =
  | { readonly kind: 'changed'; readonly by: 'this-process' | 'another-process' }
  | { readonly kind: 'embedding'; readonly progress: EmbeddingProgress }
  /** Something works less well than it should; shown once, and in the log. */
  | { readonly kind: 'warning'; readonly message: string };
