import { readFileSync } from 'node:fs';

/** A small, fast generator of numbers with a seed (mulberry32), so that every run measures the same. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Draws English words by their frequency, which the embedder's vocabulary knows as log probabilities. */
export class WordSource {
  readonly #words: string[] = [];
  readonly #cumulated: number[] = [];
  readonly #random: () => number;

  constructor(vocabularyFile: string, random: () => number) {
    this.#random = random;
    let sum = 0;
    for (const [piece, logProbability] of JSON.parse(readFileSync(vocabularyFile, 'utf8')) as [
      string,
      number,
    ][]) {
      // U+2581 begins a word; other pieces are parts of one.
      if (!/^\u2581[a-z]{2,}$/.test(piece)) continue;
      this.#words.push(piece.slice(1));
      this.#cumulated.push((sum += Math.exp(logProbability)));
    }
  }

  word(): string {
    const wanted = this.#random() * (this.#cumulated.at(-1) ?? 0);
    let [low, high] = [0, this.#cumulated.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#cumulated[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return this.#words[low] ?? '';
  }

  words(count: number): string {
    return Array.from({ length: count }, () => this.word()).join(' ');
  }
}

const gaussian = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(random() || Number.MIN_VALUE)) * Math.cos(2 * Math.PI * random());

/** A unit vector near another one. */
export const near = (vector: Float32Array, noise: number, random: () => number): Float32Array => {
  const scale = noise / Math.sqrt(vector.length);
  const moved = vector.map((value) => value + scale * gaussian(random));
  const length = Math.hypot(...moved);
  return moved.map((value) => value / length);
};

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
};
