import type {
  Day,
  DayQuery,
  Facet,
  FacetKind,
  FacetQuery,
  LineageStep,
  ListQuery,
  Memory,
  MemoryFilter,
  MemoryLink,
  MemoryOverview,
  MemoryPatch,
  MemoryStats,
  MemoryVector,
  NewLink,
  NewMemory,
  OverviewQuery,
  Page,
  SearchAnswer,
  SearchQuery,
  StoreEvent,
  StoreResult,
  TagBranch,
  TagChange,
  TagTreeQuery,
  VerifyReport,
} from './memory.ts';
import type { CallOptions } from './ports.ts';

export interface RepairOptions extends CallOptions {
  /** Told as memories get what they lack, of all those that lack it; never where that takes no time. */
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
}

/**
 * What commands, trees, webviews, tools and the terminal call. Every method rejects with a `MemoryError`
 * (or the signal's reason, when it was aborted); an error is never an empty result.
 */
export interface MemoryStore {
  /** Resolves once the memory is durable. */
  store(memory: NewMemory, options?: CallOptions): Promise<StoreResult>;
  /** All are checked before any is stored. Results in the order of the input. Stored in transactions of about 1,000. */
  storeMany(memories: readonly NewMemory[], options?: CallOptions): Promise<StoreResult[]>;
  search(query: SearchQuery, options?: CallOptions): Promise<SearchAnswer>;
  /** In the order asked, deleted ones too; hashes without a memory are left out. */
  get(contentHashes: readonly string[], options?: CallOptions): Promise<Memory[]>;
  /** Hashes that begin with `prefix` (4…64 hex digits), at most 10: what a person types for a memory. */
  resolve(prefix: string, options?: CallOptions): Promise<string[]>;
  list(query: ListQuery, options?: CallOptions): Promise<Page<Memory>>;
  /** Every match, a page at a time, oldest first. */
  iterate(filter: MemoryFilter, options?: CallOptions): AsyncIterable<Memory>;
  count(filter: MemoryFilter, options?: CallOptions): Promise<number>;
  /** Answers the memory as it is now: another hash where the content changed. */
  update(contentHash: string, patch: MemoryPatch, options?: CallOptions): Promise<Memory>;
  /**
   * Changes the tags of many memories, in transactions of about 1,000; deleted ones are left alone. Answers the hashes
   * of those that are live.
   */
  retag(changes: readonly TagChange[], options?: CallOptions): Promise<string[]>;
  /**
   * Soft: `restore` brings them back until `purge`. Answers the hashes that were live. As with the next two, of more than
   * 1,000 each thousand is a transaction.
   */
  delete(contentHashes: readonly string[], options?: CallOptions): Promise<string[]>;
  /** Answers the hashes that were deleted and live again. */
  restore(contentHashes: readonly string[], options?: CallOptions): Promise<string[]>;
  /** Removes deleted memories for good, with all that belongs to them; live ones are left alone. */
  purge(contentHashes: readonly string[], options?: CallOptions): Promise<string[]>;
  link(link: NewLink, options?: CallOptions): Promise<MemoryLink>;
  /** Adds those links between live memories that are not there yet. In transactions of about 1,000. */
  linkMany(links: readonly NewLink[], options?: CallOptions): Promise<void>;
  unlink(source: string, target: string, options?: CallOptions): Promise<boolean>;
  /** Edges that touch the memory, in both directions, up to `hops` (1…5) away. */
  related(contentHash: string, hops?: number, options?: CallOptions): Promise<MemoryLink[]>;
  /** Everything that led to this content or followed from it, oldest first. */
  history(contentHash: string, options?: CallOptions): Promise<LineageStep[]>;
  facets(kind: FacetKind, query?: FacetQuery, options?: CallOptions): Promise<Page<Facet>>;
  /** One level of the tags without the projects, as `:` nests them. */
  tagTree(query?: TagTreeQuery, options?: CallOptions): Promise<Page<TagBranch>>;
  /** The days that have memories. */
  days(query?: DayQuery, options?: CallOptions): Promise<Page<Day>>;
  /** Keeps every memory of a project on this machine, those to come too; or ends that. */
  keepProjectLocal(project: string, localOnly: boolean, options?: CallOptions): Promise<void>;
  /** Names of the projects that stay on this machine. */
  localProjects(options?: CallOptions): Promise<string[]>;
  stats(options?: CallOptions): Promise<MemoryStats>;
  /** The stats, and what a person would rather see drawn: one read, which goes through every row's size once. */
  overview(query: OverviewQuery, options?: CallOptions): Promise<MemoryOverview>;
  /** Of up to 1,000 memories, in no order; those that have no vector of the present model are left out. */
  vectors(contentHashes: readonly string[], options?: CallOptions): Promise<MemoryVector[]>;
  verify(options?: CallOptions): Promise<VerifyReport>;
  /** Mends what `verify` finds; answers what is left. */
  repair(options?: RepairOptions): Promise<VerifyReport>;
  /** Returns the function that ends the subscription. */
  onDidChange(listener: (event: StoreEvent) => void): () => void;
}
