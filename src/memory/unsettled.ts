import { groupsOf } from './groups.ts';
import type { CallOptions, MemoryVectors, ObjectStore, SqlDatabase, SqlRow, VectorIndex } from './ports.ts';
import { enqueueEmbedding } from './storing.ts';
import { Turns } from './turns.ts';

/** So long after an object was written, another process may still be about to give it its record. Seconds. */
export const WITHOUT_RECORD = 900;

/** Names in one parameter. */
const TOGETHER = 1000;

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
  /** By the keys of objects: whoever stores one has a turn from the object to the record. */
  readonly #turns: Turns;
  readonly #settling = new Turns();
  /** Since the epoch. */
  readonly #seconds: () => number;
  /** Hashes, and how many chunks each may have. */
  readonly #vectors = new Map<string, number>();
  readonly #objects = new Set<string>();

  constructor(ports: UnsettledPorts, turns: Turns, seconds: () => number) {
    this.#ports = ports;
    this.#turns = turns;
    this.#seconds = seconds;
  }

  get isEmpty(): boolean {
    return this.#vectors.size + this.#objects.size === 0;
  }

  add({ vectors = [], chunked = [], objects = [] }: Doubtful): void {
    for (const hash of vectors) this.#note(hash, 1);
    for (const { contentHash, chunks } of chunked) this.#note(contentHash, chunks.length);
    for (const key of objects) this.#objects.add(key);
  }

  #note(hash: string, chunks: number): void {
    this.#vectors.set(hash, Math.max(chunks, this.#vectors.get(hash) ?? 0));
  }

  /**
   * The records decide: live memories get in line for their vector, what belongs to none is removed. An object that is
   * too new for that stays in doubt. One that is under way is waited for: it may leave something.
   */
  settle(options?: CallOptions): Promise<void> {
    return this.#settling.take(['settle'], () => this.#settle(options));
  }

  async #settle(options?: CallOptions): Promise<void> {
    const [chunks, keys] = [new Map(this.#vectors), [...this.#objects]];
    if (chunks.size + keys.length === 0) return;
    // At once: what comes to be in doubt meanwhile is looked at the next time.
    this.#vectors.clear();
    this.#objects.clear();
    try {
      const [left] = await Promise.all([
        this.removeUnowned(keys, options),
        this.#settleVectors(chunks, options),
      ]);
      this.add({ objects: left });
    } catch (error) {
      for (const [hash, count] of chunks) this.#note(hash, count);
      this.add({ objects: keys });
      throw error;
    }
  }

  async #settleVectors(chunks: ReadonlyMap<string, number>, options?: CallOptions): Promise<void> {
    for (const hashes of groupsOf([...chunks.keys()], TOGETHER))
      await this.#settleVectorsOf(hashes, chunks, options);
  }

  async #settleVectorsOf(
    hashes: readonly string[],
    chunks: ReadonlyMap<string, number>,
    options?: CallOptions,
  ): Promise<void> {
    const { sql, vectors } = this.#ports;
    const [, live = []] = await sql.write(
      [
        enqueueEmbedding(hashes),
        {
          sql: 'SELECT content_hash AS name FROM memories WHERE deleted_at IS NULL AND content_hash IN (SELECT value FROM json_each(?))',
          params: [JSON.stringify(hashes)],
        },
      ],
      options,
    );
    const gone = hashes.filter(isNoneOf(live));
    await vectors.delete(gone, { ...options, chunks });
    // Stored again in the meantime: that vector may have come before the deletion.
    await sql.write([enqueueEmbedding(gone)], options);
  }

  /**
   * Removes objects that no record has. Records that this process is about to write are waited for; an object for which
   * another one may do so stays, and its key is answered.
   */
  async removeUnowned(keys: readonly string[], options?: CallOptions): Promise<string[]> {
    const left: string[] = [];
    for (const group of groupsOf(keys, TOGETHER)) left.push(...(await this.#removeUnowned(group, options)));
    return left;
  }

  async #removeUnowned(keys: readonly string[], options?: CallOptions): Promise<string[]> {
    const { sql, objects } = this.#ports;
    return this.#turns.take(keys, async () => {
      const [kept = []] = await sql.read(
        [
          {
            sql: 'SELECT r2_key AS name FROM memories WHERE r2_key IN (SELECT value FROM json_each(?))',
            params: [JSON.stringify(keys)],
          },
        ],
        options,
      );
      const unowned = keys.filter(isNoneOf(kept));
      if (objects.deleteOlder) return objects.deleteOlder(unowned, this.#seconds() - WITHOUT_RECORD, options);
      await objects.delete(unowned, options);
      return [];
    });
  }
}

const isNoneOf = (rows: readonly SqlRow[]): ((name: string) => boolean) => {
  const names = new Set(rows.map((row) => row['name']));
  return (name) => !names.has(name);
};
