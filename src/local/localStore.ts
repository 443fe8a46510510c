import type { MemoryStore } from '../memory/memoryStore.ts';
import type { CallOptions } from '../memory/ports.ts';

export interface LocalStoreOptions {
  /** Absolute path of the SQLite file; made, with its folder, where it does not exist. */
  readonly database: string;
  /** The folder with the offline embedder's weights (`dist/use-lite`). */
  readonly weightsDirectory: string;
  /** Script of the embedder's worker thread; the calling thread computes where absent. */
  readonly embedderWorker?: URL | undefined;
  /** Embed, back up and watch for other processes' writes by itself (a window); else only on request (the terminal). Default true. */
  readonly background?: boolean | undefined;
  /** False treats this SQLite as built without FTS5. */
  readonly fullText?: boolean | undefined;
}

export interface LocalStoreDescription {
  readonly database: string;
  readonly sqliteVersion: string;
  readonly schemaVersion: number;
  readonly fullText: boolean;
  readonly embeddingSpace: string;
  /** Bytes of the file and its log. */
  readonly fileBytes: number;
}

export interface Backup {
  readonly file: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly bytes: number;
  readonly memories: number;
}

/** The embedded store: a `MemoryStore` with the care of its file. */
export interface LocalStore extends MemoryStore {
  describe(options?: CallOptions): Promise<LocalStoreDescription>;
  /** Computes the vectors that are missing, at most `limit` memories; answers how many still wait. */
  embedPending(limit?: number, options?: CallOptions): Promise<number>;
  /** Newest first. */
  backups(options?: CallOptions): Promise<Backup[]>;
  backUp(options?: CallOptions): Promise<Backup>;
  /** Replaces every memory by those of the backup, in one transaction, after a backup of what is there now. */
  restoreBackup(file: string, options?: CallOptions): Promise<void>;
  close(): Promise<void>;
}
