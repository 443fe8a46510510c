import type { CallOptions } from '../memory/ports.ts';
import type { VectorizeIndex } from './vectorize.ts';

/** How long a count is trusted, what this process writes counted with it. Milliseconds. */
const KNOWN_FOR = 300_000;

export interface PlanRoomOptions {
  /** What the plan lets Vectorize hold. */
  readonly storedDimensions: number;
  /** Of each vector. */
  readonly dimensions: number;
  /** Those that there are now. */
  readonly indexes: () => readonly VectorizeIndex[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How many vectors the plan has room for: asked once in some minutes, a request for each index. */
export class PlanRoom {
  readonly #options: PlanRoomOptions;
  /** Vectors, each with when it was written: Vectorize counts them only later. */
  readonly #written: { readonly count: number; readonly at: number }[] = [];
  #counted: { readonly vectors: number; readonly at: number } | undefined;

  constructor(options: PlanRoomOptions) {
    this.#options = options;
  }

  /** To be called with every write; one that replaces a vector may count twice for a while. */
  wrote(count: number): void {
    if (this.#options.storedDimensions === Infinity) return;
    const at = this.#options.now();
    this.#forget(at - 2 * KNOWN_FOR);
    this.#written.push({ count, at });
  }

  /** More vectors that there is room for; 0 or less where there is none. */
  async left(options?: CallOptions): Promise<number> {
    const { storedDimensions, dimensions, indexes, now } = this.#options;
    if (storedDimensions === Infinity) return Infinity;
    const at = now();
    if (this.#counted === undefined || at > this.#counted.at + KNOWN_FOR) {
      const infos = await Promise.all(indexes().map((index) => index.info(options)));
      this.#counted = { vectors: infos.reduce((sum, { vectorCount }) => sum + vectorCount, 0), at };
      this.#forget(at - KNOWN_FOR);
    }
    const written = this.#written.reduce((sum, { count }) => sum + count, 0);
    return Math.floor(storedDimensions / dimensions) - this.#counted.vectors - written;
  }

  /** What was written before is in the count. */
  #forget(before: number): void {
    while (this.#written[0] !== undefined && this.#written[0].at < before) this.#written.shift();
  }
}
