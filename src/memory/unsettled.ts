import type { CallOptions, MemoryVectors, ObjectStore, SqlDatabase, VectorIndex } from './ports.ts';
import { enqueueEmbedding } from './storing.ts';

export interface UnsettledPorts {
  readonly sql: SqlDatabase;
  readonly vectors: VectorIndex;
  readonly objects: ObjectStore;
}

export interface Doubtful {
  /** Hashes. */
  readonly vectors?: readonly string[];
  /** What was, or was to be, written to the index. */
  readonly chunked?: readonly MemoryVectors[];
  /** Keys. */
  readonly objects?: readonly string[];
}

/**
 * Vectors and objects that may not agree with the records, since a call failed in the middle: looked at again by
 * `settle`. What is lost with the process is invisible, and `repair` finds it.
 */
export class Unsettled {
  readonly #ports: UnsettledPorts;
  /** Hashes, and how many chunks each may have. */
  readonly #vectors = new Map<string, number>();
  readonly #objects = new Set<string>();

  constructor(ports: UnsettledPorts) {
    this.#ports = ports;
  }

  add({ vectors = [], chunked = [], objects = [] }: Doubtful): void {
    for (const hash of vectors) this.#note(hash, 1);
    for (const { contentHash, chunks } of chunked) this.#note(contentHash, chunks.length);
    for (const key of objects) this.#objects.add(key);
  }

  #note(hash: string, chunks: number): void {
    this.#vectors.set(hash, Math.max(chunks, this.#vectors.get(hash) ?? 0));
  }

  /** The records decide: live memories get in line for their vector, what belongs to none is removed. */
  async settle(options?: CallOptions): Promise<void> {
    const [chunks, keys] = [new Map(this.#vectors), [...this.#objects]];
    if (chunks.size + keys.length === 0) return;
    // At once: what comes to be in doubt meanwhile is looked at the next time.
    this.#vectors.clear();
    this.#objects.clear();
    try {
      await this.#settle(chunks, keys, options);
    } catch (error) {
      for (const [hash, count] of chunks) this.#note(hash, count);
      this.add({ objects: keys });
      throw error;
    }
  }

  async #settle(
    chunks: ReadonlyMap<string, number>,
    keys: readonly string[],
    options?: CallOptions,
  ): Promise<void> {
    const { sql, vectors, objects } = this.#ports;
    const hashes = [...chunks.keys()];
    const [, live = [], kept = []] = await sql.write(
      [
        enqueueEmbedding(hashes),
        {
          sql: 'SELECT content_hash AS name FROM memories WHERE deleted_at IS NULL AND content_hash IN (SELECT value FROM json_each(?))',
          params: [JSON.stringify(hashes)],
        },
        {
          sql: 'SELECT r2_key AS name FROM memories WHERE r2_key IN (SELECT value FROM json_each(?))',
          params: [JSON.stringify(keys)],
        },
      ],
      options,
    );
    const isNoneOf = (rows: typeof live) => {
      const names = new Set(rows.map((row) => row['name']));
      return (name: string) => !names.has(name);
    };
    const gone = hashes.filter(isNoneOf(live));
    await vectors.delete(gone, { ...options, chunks });
    // Stored again in the meantime: that vector may have come before the deletion.
    await sql.write([enqueueEmbedding(gone)], options);
    await objects.delete(keys.filter(isNoneOf(kept)), options);
  }
}
