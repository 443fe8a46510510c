import { rmSync } from 'node:fs';
import path from 'node:path';
import { MemoryError } from '../memory/errors.ts';
import { checkLocation } from './storageLocation.ts';
import { SqliteDatabase } from './sqliteDatabase.ts';
import { makePrivateFile } from './storeFile.ts';

const SCHEMA = `
  PRAGMA busy_timeout = 500; PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS embeddings (key TEXT PRIMARY KEY, vector BLOB NOT NULL, used_on INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS embeddings_used_on ON embeddings(used_on)`;
/** About 60,000 vectors of 768 dimensions. */
const MAX_BYTES = 200 * 1024 * 1024;
const DAY_MS = 86_400_000;

export interface EmbeddingCacheOptions {
  /** Where it grows beyond this, it forgets what was not used for longest. Default 200 MB. */
  readonly maxBytes?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

/**
 * Embeddings that were paid for, in a file that all processes of this person share. Everything in it can be had again:
 * a damaged one is thrown away, and nothing waits for the disk.
 */
export class EmbeddingCacheFile {
  readonly #file: string;
  readonly #maxBytes: number;
  readonly #now: () => number;
  #database: SqliteDatabase | undefined;

  /** Throws a `MemoryError` where the file can't be made or opened. */
  constructor(file: string, { maxBytes = MAX_BYTES, now = Date.now }: EmbeddingCacheOptions = {}) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    this.#now = now;
    checkLocation(path.dirname(file));
    try {
      this.#database = open(file);
    } catch (error) {
      if (!MemoryError.is(error, 'damaged')) throw error;
      discard(file);
      this.#database = open(file);
    }
  }

  /** In the order of the keys; undefined where there is none. */
  // eslint-disable-next-line @typescript-eslint/require-await -- asynchronous, so that errors become rejections
  async get(keys: readonly string[]): Promise<(Float32Array | undefined)[]> {
    const today = this.#today();
    const found = new Map<unknown, Float32Array>();
    const stale: unknown[] = [];
    this.#use((database) => {
      const rows = database.all(
        'SELECT key, vector, used_on FROM embeddings WHERE key IN (SELECT value FROM json_each(?))',
        JSON.stringify(keys),
      );
      for (const { key, vector, used_on: usedOn } of rows) {
        // A copy of its own begins where a float may begin.
        if (vector instanceof Uint8Array && vector.byteLength % 4 === 0)
          found.set(key, new Float32Array(vector.slice().buffer));
        if (usedOn !== today) stale.push(key);
      }
      if (stale.length > 0)
        database.run(
          'UPDATE embeddings SET used_on = ? WHERE key IN (SELECT value FROM json_each(?))',
          today,
          JSON.stringify(stale),
        );
    });
    return keys.map((key) => found.get(key));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async set(entries: readonly (readonly [key: string, vector: Float32Array])[]): Promise<void> {
    const today = this.#today();
    this.#use((database) =>
      database.transaction(() => {
        for (const [key, { buffer, byteOffset, byteLength }] of entries)
          database.run(
            `INSERT INTO embeddings (key, vector, used_on) VALUES (?, ?, ?)
             ON CONFLICT (key) DO UPDATE SET vector = excluded.vector, used_on = excluded.used_on`,
            key,
            new Uint8Array(buffer, byteOffset, byteLength),
            today,
          );
        this.#forget(database);
      }),
    );
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  /** A tenth at a time, so that it is not done at every write. */
  #forget(database: SqliteDatabase): void {
    const pragma = (name: string) => Number(database.get(`PRAGMA ${name}`)?.[name]);
    const used = (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
    if (used <= this.#maxBytes) return;
    const kept = (0.9 * this.#maxBytes) / used;
    database.run(
      `DELETE FROM embeddings WHERE key IN (SELECT key FROM embeddings ORDER BY used_on
        LIMIT (SELECT CAST(ceil(count(*) * (1 - ?)) AS INTEGER) FROM embeddings))`,
      kept,
    );
  }

  #use(work: (database: SqliteDatabase) => void): void {
    if (this.#database === undefined) return;
    try {
      work(this.#database);
    } catch (error) {
      if (MemoryError.is(error, 'damaged')) {
        this.close();
        discard(this.#file);
      }
      throw error;
    }
  }

  #today(): number {
    return Math.floor(this.#now() / DAY_MS);
  }
}

const open = (file: string): SqliteDatabase => {
  makePrivateFile(file);
  const database = new SqliteDatabase(file, { fullText: false });
  try {
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/** The log first: it would be played into the new file. */
const discard = (file: string): void => {
  for (const part of [`${file}-wal`, `${file}-shm`, file]) rmSync(part, { force: true });
};
