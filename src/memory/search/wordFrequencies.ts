import { LRUCache } from 'lru-cache';
import type { CallOptions, SqlDatabase, SqlRow, SqlStatement } from '../ports.ts';
import { quoteForFts } from './queryTerms.ts';

/** Above this many memories, frequent words are left out of a query that has rarer ones: below, counting costs more. */
const MANY_MEMORIES = 5000;
/** A query's rarest words are kept until they cover this share of the memories. */
const COVERAGE = 0.05;
const FRESH_MS = 60_000;

/** In how many memories words stand. Ranking by frequent words costs time in proportion, and says little. */
export class WordFrequencies {
  /** As far as it was worth counting. */
  readonly #counts = new LRUCache<string, number>({ max: 5000, ttl: FRESH_MS });
  #memories = 0;

  /** What `learn` takes in: the size of the store, then one count for each word that is not known. */
  statements(words: readonly string[]): SqlStatement[] {
    const size = { sql: 'SELECT max(id) AS n FROM memories' };
    if (words.length < 2 || this.#memories <= MANY_MEMORIES) return [size];
    return [
      size,
      ...this.#unknown(words).map((word) => ({
        sql: `SELECT count(*) AS n FROM (SELECT 1 FROM em_words WHERE em_words MATCH ? LIMIT ?)`,
        params: [quoteForFts(word), this.#enough()],
      })),
    ];
  }

  learn(words: readonly string[], [size, ...counts]: readonly (readonly SqlRow[])[]): void {
    const unknown = this.#unknown(words);
    counts.forEach((rows, i) => {
      const word = unknown[i];
      if (word !== undefined) this.#counts.set(word, Number(rows[0]?.['n'] ?? 0));
    });
    this.#memories = Number(size?.[0]?.['n'] ?? 0);
  }

  /** Asks at once, where asking costs no round trip. */
  async ask(sql: SqlDatabase, words: readonly string[], options?: CallOptions): Promise<void> {
    if (this.#memories > MANY_MEMORIES && this.#unknown(words).length === 0) return;
    if (this.#memories === 0) this.learn([], await sql.read(this.statements([]), options));
    const statements = this.statements(words);
    this.learn(words, await sql.read(statements, options));
  }

  /**
   * The words to search by: the rarest ones, and more of them until they stand in `wanted` memories. All of them where
   * their frequencies are not known.
   */
  rarest(words: readonly string[], wanted: number): readonly string[] {
    if (words.length < 2 || this.#memories <= MANY_MEMORIES || this.#unknown(words).length > 0) return words;
    // A word that no memory had may have got one since: it costs nothing and stays.
    const known = words.map((word) => ({ word, n: this.#counts.get(word) ?? 0 }));
    known.sort((a, b) => a.n - b.n);
    let covered = 0;
    const kept = known.filter(({ n }) => {
      const isKept = covered < wanted || covered + n <= this.#enough();
      if (isKept) covered += n;
      return isKept;
    });
    return kept.map(({ word }) => word);
  }

  #enough(): number {
    return Math.ceil(this.#memories * COVERAGE);
  }

  #unknown(words: readonly string[]): string[] {
    return words.filter((word) => !this.#counts.has(word));
  }
}
