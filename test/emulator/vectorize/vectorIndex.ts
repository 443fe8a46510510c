import { randomUUID } from 'node:crypto';
import type { MetadataFilter, MetadataType, Scalar } from './metadataFilter.ts';
import { indexedValues } from './metadataFilter.ts';
import type { VectorLine } from './vectorLines.ts';

export type Metric = 'cosine' | 'euclidean' | 'dot-product';

export interface StoredVector extends VectorLine {
  /** What a filter can see: only the metadata indexes that existed when the vector was written. */
  readonly indexed: ReadonlyMap<string, Scalar>;
  /** Euclidean length. */
  readonly length: number;
}

export interface VectorMatch {
  readonly vector: StoredVector;
  readonly score: number;
}

interface Mutation {
  readonly id: string;
  readonly visibleAt: number;
  apply(vectors: Map<string, StoredVector>): void;
}

/** Vectors by brute force over Float32 values; a mutation can be seen only after a delay, in order. */
export class VectorIndex {
  readonly dimensions: number;
  readonly metric: Metric;
  readonly metadataTypes = new Map<string, MetadataType>();
  readonly #now: () => number;
  readonly #delayMs: () => number;
  readonly #vectors = new Map<string, StoredVector>();
  readonly #pending: Mutation[] = [];
  #processed: { readonly mutationId: string; readonly at: number } | undefined;

  constructor(dimensions: number, metric: Metric, now: () => number, delayMs: () => number) {
    this.dimensions = dimensions;
    this.metric = metric;
    this.#now = now;
    this.#delayMs = delayMs;
  }

  /** The vectors that can be seen by now. */
  get vectors(): ReadonlyMap<string, StoredVector> {
    this.#process();
    return this.#vectors;
  }

  get processed(): { readonly mutationId: string; readonly at: number } | undefined {
    this.#process();
    return this.#processed;
  }

  /** `insert` leaves a vector that is there already; `upsert` replaces it whole. Gives the mutation's id. */
  write(lines: readonly VectorLine[], mode: 'insert' | 'upsert'): string {
    const stored = lines.map((line) => ({
      ...line,
      indexed: indexedValues(line.metadata, this.metadataTypes),
      length: Math.sqrt(dotProduct(line.values, line.values)),
    }));
    return this.#enqueue((vectors) => {
      for (const vector of stored) {
        if (mode === 'upsert' || !vectors.has(vector.id)) vectors.set(vector.id, vector);
      }
    });
  }

  delete(ids: readonly string[]): string {
    return this.#enqueue((vectors) => {
      for (const id of ids) vectors.delete(id);
    });
  }

  /** Best first: by falling similarity, or by growing distance where the metric is euclidean. */
  query(
    vector: Float32Array,
    topK: number,
    filter: MetadataFilter,
    namespace: string | undefined,
  ): VectorMatch[] {
    const length = Math.sqrt(dotProduct(vector, vector));
    const sign = this.metric === 'euclidean' ? -1 : 1;
    const best: VectorMatch[] = [];
    for (const candidate of this.vectors.values()) {
      if (namespace !== undefined && candidate.namespace !== namespace) continue;
      if (!filter(candidate.indexed)) continue;
      const score = this.#score(vector, length, candidate);
      const worst = best.at(-1);
      if (best.length === topK && worst !== undefined && sign * score <= sign * worst.score) continue;
      const place = best.findIndex((match) => sign * match.score < sign * score);
      best.splice(place === -1 ? best.length : place, 0, { vector: candidate, score });
      if (best.length > topK) best.pop();
    }
    return best;
  }

  #score(vector: Float32Array, length: number, candidate: StoredVector): number {
    const dot = dotProduct(vector, candidate.values);
    switch (this.metric) {
      case 'dot-product':
        return dot;
      case 'cosine':
        return dot / (length * candidate.length || 1);
      case 'euclidean':
        return distance(vector, candidate.values);
    }
  }

  #enqueue(apply: Mutation['apply']): string {
    const id = randomUUID();
    this.#pending.push({ id, visibleAt: this.#now() + this.#delayMs(), apply });
    return id;
  }

  #process(): void {
    const now = this.#now();
    for (let next = this.#pending[0]; next !== undefined && next.visibleAt <= now; next = this.#pending[0]) {
      next.apply(this.#vectors);
      this.#processed = { mutationId: next.id, at: now };
      this.#pending.shift();
    }
  }
}

/** Four sums at a time, which is twice as fast. */
function dotProduct(a: Float32Array, b: Float32Array): number {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i += 4) {
    sum0 += (a[i] ?? 0) * (b[i] ?? 0);
    sum1 += (a[i + 1] ?? 0) * (b[i + 1] ?? 0);
    sum2 += (a[i + 2] ?? 0) * (b[i + 2] ?? 0);
    sum3 += (a[i + 3] ?? 0) * (b[i + 3] ?? 0);
  }
  return sum0 + sum1 + sum2 + sum3;
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return Math.sqrt(sum);
}
