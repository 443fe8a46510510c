/** The four doors between the engine and the world. `src/local` and `src/cloudflare` implement them. */

import type { MemoryError } from './errors.ts';
import type { MemoryVector } from './memory.ts';

/** Numbers arrive as REAL on D1: a statement that needs an integer outside an INTEGER column casts it. */
export type SqlValue = string | number | null;

export interface SqlStatement {
  readonly sql: string;
  /** Bound to plain `?` placeholders, in order; at most 100 (D1's limit): pass lists as one JSON text to `json_each(?)`. */
  readonly params?: readonly SqlValue[];
}

export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** `background` work gives way to what a person is waiting for. Default `interactive`. */
  readonly priority?: 'interactive' | 'background' | undefined;
}

export interface SqlDatabase {
  /** What this database can do; decides which statements the engine sends. */
  readonly features: {
    readonly fullText: boolean;
    /** A read waits for a network: what may be needed is asked together, where a near database is asked step by step. */
    readonly remote: boolean;
  };
  /** Runs read-only statements against one state of the database; one list of rows per statement. */
  read(statements: readonly SqlStatement[], options?: CallOptions): Promise<SqlRow[][]>;
  /**
   * Runs the statements as one transaction: all or none. Callers keep every batch safe to repeat.
   * Resolves once the change is durable. One list of rows per statement.
   */
  write(statements: readonly SqlStatement[], options?: CallOptions): Promise<SqlRow[][]>;
}

/** All vectors of one memory: the first chunk first. Values are L2-normalised. */
export interface MemoryVectors {
  readonly contentHash: string;
  readonly chunks: readonly Float32Array[];
  /** Strings stored with the vector for other readers of the index. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface VectorMatch {
  readonly contentHash: string;
  /** Which chunk of the content matched; 0 is the first. */
  readonly chunk: number;
  /** Cosine, -1…1. */
  readonly similarity: number;
}

export interface VectorQuery extends CallOptions {
  readonly topK: number;
  /** A SELECT of the `id` of each memory that may be answered, in the database of the records; all when absent. */
  readonly within?: SqlStatement | undefined;
  /** The rows of this index's `companionReads`, once they are there. */
  readonly companions?: Promise<SqlRow[][]> | undefined;
}

export interface VectorDeletion extends CallOptions {
  /** The rows of this index's `deletionReads`; it reads them itself where they are absent. */
  readonly companions?: readonly SqlRow[][] | undefined;
  /** How many chunks were written of memories that never got a record. */
  readonly chunks?: ReadonlyMap<string, number> | undefined;
}

export interface VectorIndex {
  /** Replaces whatever the index held for each memory. Safe to repeat. */
  upsert(vectors: readonly MemoryVectors[], options?: CallOptions): Promise<void>;
  delete(contentHashes: readonly string[], options?: VectorDeletion): Promise<void>;
  /** Best chunk of each memory, most similar first. A match may be stale: the caller checks the live record. */
  query(vector: Float32Array, query: VectorQuery): Promise<VectorMatch[]>;
  /** The first chunk of each of these memories that has one, in no order. */
  read(contentHashes: readonly string[], options?: CallOptions): Promise<MemoryVector[]>;
  /** How many more vectors may be stored, where a plan sets a limit; 0 or less where none may. */
  room?(options?: CallOptions): Promise<number>;
  /** How many memories have a vector in this index. */
  count(options?: CallOptions): Promise<number>;
  /** Statements that keep the vectors beside the records too, to run in the transaction that stores these. */
  rowStatements?(vectors: readonly MemoryVectors[]): SqlStatement[];
  /**
   * Whether the vectors of `rowStatements` were kept, by its answers: not where another index has taken the place of
   * this one. Their memories wait in line then.
   */
  rowsKept?(answers: readonly SqlRow[][]): boolean;
  /** Reads whose rows `query` needs, made together with the keyword search to save a round trip. */
  companionReads?(within: SqlStatement | undefined): SqlStatement[];
  /** Reads whose rows `delete` needs, made in the transaction that takes the memories away, to save a round trip. */
  deletionReads?(contentHashes: readonly string[]): SqlStatement[];
  /** Statements that take away what is kept beside records that are gone for good. */
  purgeStatements?(contentHashes: readonly string[]): SqlStatement[];
}

export interface ObjectStore {
  /** Why it can hold nothing, where that is so: asked before anything is stored. */
  refusal?(): MemoryError;
  put(key: string, content: string, options?: CallOptions): Promise<void>;
  /** Undefined when there is no such object. */
  get(key: string, options?: CallOptions): Promise<string | undefined>;
  delete(keys: readonly string[], options?: CallOptions): Promise<void>;
  /**
   * Deletes those that were written before `time` (seconds since the epoch); answers the keys of the others. Only where
   * another process may take its time between an object and its record.
   */
  deleteOlder?(keys: readonly string[], time: number, options?: CallOptions): Promise<string[]>;
}

export interface EmbeddingModel {
  /** Recorded with every vector; vectors of two spaces are never compared. Includes the pooling, as in `@cf/baai/bge-base-en-v1.5:mean`. */
  readonly space: string;
  readonly dimensions: number;
  /** Length of a chunk and of its overlap with the one before, in UTF-16 code units. */
  readonly chunk: { readonly size: number; readonly overlap: number };
  /** How much a place in the meaning ranking counts against one in the keyword ranking (1). Tuned per model. */
  readonly fusionWeight: number;
  /** Below this cosine a match by meaning says nothing. */
  readonly minSimilarity: number;
  /** From this cosine on two texts say the same. */
  readonly duplicateSimilarity: number;
  /** What to call a search by this model in the interface. */
  readonly label: string;
  /** False where the model does not know the text's language, so that its vector would mean nothing. */
  understands(text: string): boolean;
}

export interface Embedder {
  readonly model: EmbeddingModel;
  /** One L2-normalised vector per text. Texts longer than a chunk are clipped by the model. */
  embed(texts: readonly string[], options?: CallOptions): Promise<Float32Array[]>;
}
