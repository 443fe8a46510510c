/** What the overview and its host say to each other. */

/** A tag, type or project: as it is called in a filter, and as it is shown. */
export interface NamedCount {
  readonly name: string;
  readonly label: string;
  readonly count: number;
}

/** How long calls of one kind took in this window. Milliseconds. */
export interface Latency {
  /** The store's method. */
  readonly call: string;
  readonly count: number;
  readonly median: number;
  /** 95 of 100 took no longer. */
  readonly p95: number;
}

/** What an agent did to memories through this machine, as far as its log reaches; without what was undone. */
export interface AgentCount {
  readonly label: string;
  /** Memories. */
  readonly stored: number;
  readonly changed: number;
  readonly deleted: number;
}

export type Place =
  | { readonly kind: 'local'; readonly folder: string }
  | { readonly kind: 'cloud'; readonly account: string; readonly database: string };

export interface OverviewData {
  readonly live: number;
  readonly deleted: number;
  readonly pinned: number;
  readonly tagCount: number;
  readonly projectCount: number;
  readonly contentBytes: number;
  /** Of the file; undefined where it is not known. */
  readonly storageBytes: number | undefined;
  /** Memories with a vector, and those that wait for one. */
  readonly embedded: number;
  readonly pending: number;
  /** How memories are found, for a person to read. */
  readonly searchWay: string;
  readonly place: Place;
  /** Seconds since the epoch at which a day begins; ascending. */
  readonly days: readonly { readonly from: number; readonly count: number }[];
  /** Bytes; undefined: without an end. */
  readonly sizes: readonly { readonly below: number | undefined; readonly count: number }[];
  readonly clients: readonly { readonly label: string; readonly count: number; readonly recent: number }[];
  /** The most active first; or why that is not known. */
  readonly agents: readonly AgentCount[] | string;
  readonly tags: readonly NamedCount[];
  readonly types: readonly NamedCount[];
  readonly projects: readonly NamedCount[];
  /** The slowest first. */
  readonly latencies: readonly Latency[];
}

export interface Limit {
  readonly label: string;
  readonly used: number;
  /** Undefined where the plan does not limit it. */
  readonly of: number | undefined;
  readonly unit: 'bytes' | 'count';
  /** The limit is one of a day. */
  readonly daily: boolean;
}

/** How much of what the plan allows is used. */
export interface Limits {
  /** Whose plan it is, and what is counted; for a person to read. */
  readonly note: string;
  readonly limits: readonly Limit[];
}

export type Grouping = 'tags' | 'types' | 'projects';

/** The most used names, at most 9, and for each point which of them it has. */
export interface Groups {
  readonly names: readonly NamedCount[];
  /** The name that colours the point, as an index into `names`; 255 for none of them. */
  readonly of: Uint8Array;
  /** A bit for each name that the point has. */
  readonly has: Uint16Array;
}

export const NO_GROUP = 255;

/** What a person looks at: kept over a reload of the window. */
export interface MapSight {
  readonly grouping: Grouping;
  /** The place in the middle, and how near. */
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface MapData {
  readonly hashes: readonly string[];
  /** An x and a y in -1…1 for each; NaN for a memory without a place yet. */
  readonly positions: Float32Array;
  readonly groups: Readonly<Record<Grouping, Groups>>;
  /** How many have no place yet. */
  readonly unplaced: number;
  /** How many live memories there are; more than `hashes` where only the newest are drawn. */
  readonly total: number;
  /** As it was looked at last; undefined for the first time. */
  readonly sight: MapSight | undefined;
}

export interface Placed {
  readonly positions: Float32Array;
  /** Memories that have no vector yet, or never will: in another language than the model's. */
  readonly withoutVector: number;
}

/** A memory in a few words: plain text. */
export interface Preview {
  readonly hash: string;
  readonly text: string;
  readonly details: string;
}

/** What is to be searched; days are ISO days, both inclusive. */
export interface SearchFor {
  readonly tag?: string;
  readonly type?: string;
  readonly project?: string;
  readonly from?: string;
  readonly to?: string;
}

export type BulkAction = 'editTags' | 'deleteMemory';

export interface OverviewMethods {
  /** Seconds that the person's clock is ahead of UTC. */
  readonly overview: (argument: { readonly utcOffset: number }) => OverviewData;
  /** What the account's plan limits; undefined for the embedded store. */
  readonly limits: (argument: null) => Limits | undefined;
  readonly map: (argument: null) => MapData;
  /** Gives every memory of the last `map` a place. Events tell how far it is. */
  readonly place: (argument: null) => Placed;
  readonly previews: (hashes: readonly string[]) => readonly Preview[];
  readonly keep: (sight: MapSight) => void;
  readonly open: (hash: string) => void;
  readonly act: (argument: { readonly action: BulkAction; readonly hashes: readonly string[] }) => void;
  readonly search: (what: SearchFor) => void;
  /** Runs one of the commands that the overview offers. */
  readonly run: (command: 'storeMemory' | 'connect' | 'health' | 'showAgentActivity') => void;
  /** Runs what a failure offered. */
  readonly runOffered: (command: string) => void;
}

export interface OverviewEvents {
  /** The memories changed. */
  readonly changed: null;
  /** How many memories have a vector by now, and how many wait. */
  readonly embedding: { readonly embedded: number; readonly pending: number };
  /** Of `place`: 0…1. */
  readonly progress: number;
  /** Of `place`: a rough map until the better one is there. */
  readonly quick: Float32Array;
}
