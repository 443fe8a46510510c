import type { SqlRow } from '../memory/ports.ts';

/** Vectorize shows a write within two minutes (p99); until then the rows answer. Seconds. */
export const FRESH = 300;

interface Batch {
  rows: readonly SqlRow[];
  /** Seconds. */
  readonly at: number;
  /** Characters. */
  readonly size: number;
}

/**
 * The compact vectors that this process wrote in the last minutes: a search needs them, because Vectorize may not show
 * them yet, and need not read its own words back. Each batch has a stamp that no other has, to leave its rows out by.
 */
export class FreshWrites {
  readonly #batches: Batch[] = [];
  readonly #forSeconds: number;
  readonly #atMost: number;
  #size = 0;

  /** `atMost`: characters that are kept; what is beyond is read again. */
  constructor(forSeconds: number, atMost: number) {
    this.#forSeconds = forSeconds;
    this.#atMost = atMost;
  }

  /** Before the rows are written: where that fails, the records tell. Answers the batch's stamp, in seconds. */
  add(rows: readonly SqlRow[], now: number): number {
    // Two processes may write in the same millisecond.
    const at = now + Math.random() / 1000;
    const size = rows.reduce((sum, row) => sum + String(row['vectors']).length, 0);
    this.#batches.push({ rows, at, size });
    this.#size += size;
    this.#forget(now);
    return at;
  }

  stamps(now: number): number[] {
    this.#forget(now);
    return this.#batches.map(({ at }) => at);
  }

  /** The latest of each memory, with its vectors where there are few, else with its codes. */
  rows(now: number, few: number): SqlRow[] {
    this.#forget(now);
    const latest = new Map(
      this.#batches.flatMap(({ rows }) => rows.map((row) => [row['content_hash'], row] as const)),
    );
    const left = latest.size > few ? 'vectors' : 'codes';
    return [...latest.values()].map((row) => ({ ...row, [left]: null }));
  }

  /** Those of memories that are gone. */
  remove(contentHashes: ReadonlySet<string>): void {
    for (const batch of this.#batches)
      batch.rows = batch.rows.filter((row) => !contentHashes.has(String(row['content_hash'])));
  }

  /** What was forgotten is read like the rows of others. */
  #forget(now: number): void {
    for (let oldest = this.#batches[0]; oldest; oldest = this.#batches[0]) {
      if (oldest.at > now - this.#forSeconds && this.#size <= this.#atMost) return;
      this.#size -= oldest.size;
      this.#batches.shift();
    }
  }
}
