import { LRUCache } from 'lru-cache';
import { groupsOf } from '../memory/groups.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { ClientLog } from './client.ts';
import { embeddingKey, type EmbeddingCache } from './embeddingCache.ts';
import { inParallel } from './inParallel.ts';

export interface CachedEmbeddingsOptions {
  readonly space: string;
  readonly dimensions: number;
  /** One request: a normalised vector per text. */
  readonly compute: (texts: readonly string[], options: CallOptions) => Promise<Float32Array[]>;
  readonly textsPerRequest: number;
  readonly parallel: number;
  readonly cache?: EmbeddingCache | undefined;
  readonly log?: ClientLog | undefined;
}

/** Texts that were asked for together. Goes on while anybody waits for one of them. */
interface Batch {
  readonly vectors: Promise<ReadonlyMap<string, Float32Array>>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Embeddings that are paid for once: the last 1,000 in memory, the others in a cache that persists, and one request
 * for a text that several callers want at the same time.
 */
export class CachedEmbeddings {
  readonly #options: CachedEmbeddingsOptions;
  readonly #recent = new LRUCache<string, Float32Array>({ max: 1000 });
  readonly #underWay = new Map<string, Batch>();

  constructor(options: CachedEmbeddingsOptions) {
    this.#options = options;
  }

  /** In the order of the texts. Callers share the vectors: nobody changes one. */
  async get(texts: readonly string[], options: CallOptions = {}): Promise<Float32Array[]> {
    options.signal?.throwIfAborted();
    const keys = texts.map((text) => embeddingKey(this.#options.space, text));
    const vectors = new Map<string, Float32Array>();
    const batches = new Set<Batch>();
    const wanted = new Map<string, string>();
    for (const [i, key] of keys.entries()) {
      const recent = this.#recent.get(key);
      const batch = this.#underWay.get(key);
      if (recent) vectors.set(key, recent);
      else if (batch) batches.add(batch);
      else wanted.set(key, texts[i] ?? '');
    }
    if (wanted.size > 0) batches.add(this.#start(wanted, options));
    const answers = await Promise.all([...batches].map((batch) => this.#join(batch, options.signal)));
    for (const answer of answers) for (const [key, vector] of answer) vectors.set(key, vector);
    return keys.map((key) => {
      const vector = vectors.get(key);
      if (vector === undefined) throw new Error('a text was left without its embedding');
      return vector;
    });
  }

  #start(wanted: ReadonlyMap<string, string>, { priority }: CallOptions): Batch {
    const controller = new AbortController();
    const batch: Batch = {
      vectors: this.#find(wanted, { priority, signal: controller.signal }),
      controller,
      waiting: 0,
    };
    for (const key of wanted.keys()) this.#underWay.set(key, batch);
    const forget = (): void => this.#forget(batch, wanted.keys());
    controller.signal.addEventListener('abort', forget);
    batch.vectors.then(forget, forget);
    return batch;
  }

  #forget(batch: Batch, keys: Iterable<string>): void {
    for (const key of keys) if (this.#underWay.get(key) === batch) this.#underWay.delete(key);
  }

  /** A caller that gives up leaves the others undisturbed; the last one to leave ends the request. */
  async #join(batch: Batch, signal?: AbortSignal): Promise<ReadonlyMap<string, Float32Array>> {
    batch.waiting++;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([batch.vectors, aborted]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      batch.waiting--;
      if (batch.waiting === 0 && signal?.aborted) batch.controller.abort(signal.reason);
    }
  }

  async #find(
    wanted: ReadonlyMap<string, string>,
    options: CallOptions,
  ): Promise<ReadonlyMap<string, Float32Array>> {
    const { textsPerRequest, parallel, compute } = this.#options;
    const vectors = await this.#fromCache([...wanted.keys()]);
    const missing = [...wanted].filter(([key]) => !vectors.has(key));
    await inParallel(groupsOf(missing, textsPerRequest), parallel, async (group) => {
      const computed = await compute(
        group.map(([, text]) => text),
        options,
      );
      const entries = group.flatMap(([key], i) => {
        const vector = computed[i];
        return vector ? [[key, vector] as const] : [];
      });
      for (const [key, vector] of entries) {
        vectors.set(key, vector);
        this.#recent.set(key, vector);
      }
      await this.#keep(entries);
    });
    return vectors;
  }

  async #fromCache(keys: readonly string[]): Promise<Map<string, Float32Array>> {
    try {
      const found = (await this.#options.cache?.get(keys)) ?? [];
      const { dimensions } = this.#options;
      const vectors = new Map<string, Float32Array>();
      for (const [i, key] of keys.entries()) {
        const vector = found[i];
        if (vector?.length !== dimensions) continue;
        vectors.set(key, vector);
        this.#recent.set(key, vector);
      }
      return vectors;
    } catch (error) {
      this.#options.log?.warn(`The cache of embeddings can not be read: ${String(error)}`);
      return new Map();
    }
  }

  async #keep(entries: readonly (readonly [string, Float32Array])[]): Promise<void> {
    try {
      await this.#options.cache?.set(entries);
    } catch (error) {
      this.#options.log?.warn(`The cache of embeddings can not be written: ${String(error)}`);
    }
  }
}
