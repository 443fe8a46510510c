import type { CallOptions, Embedder, EmbeddingModel } from '../memory/ports.ts';
import { CachedEmbeddings } from './cachedEmbeddings.ts';
import type { ClientLog } from './client.ts';
import type { EmbeddingCache } from './embeddingCache.ts';
import { clipped } from './embeddings.ts';

/** A model behind a network. */
export interface EmbeddingService {
  readonly describe: (dimensions: number) => EmbeddingModel;
  /** One request: a normalised vector per text, of so many dimensions where that is known. */
  readonly compute: (
    texts: readonly string[],
    dimensions: number | undefined,
    options?: CallOptions,
  ) => Promise<Float32Array[]>;
  readonly textsPerRequest: number;
  readonly parallel: number;
  readonly cache?: EmbeddingCache | undefined;
  readonly log?: ClientLog | undefined;
}

/** Embeddings of such a model, each paid for once. */
export class RemoteEmbedder implements Embedder {
  readonly model: EmbeddingModel;
  readonly #embeddings: CachedEmbeddings;
  #sentBytes = 0;

  constructor(service: EmbeddingService, dimensions: number) {
    this.model = service.describe(dimensions);
    this.#embeddings = new CachedEmbeddings({
      ...service,
      space: this.model.space,
      dimensions,
      compute: (texts, options) => {
        this.#sentBytes += texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
        return service.compute(texts, dimensions, options);
      },
    });
  }

  /** Of text, in UTF-8: what the model was asked for, and no cache knew. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  embed(texts: readonly string[], options?: CallOptions): Promise<Float32Array[]> {
    return this.#embeddings.get(clipped(texts), options);
  }
}

/** Asks once for a vector, to learn the model's dimensions. */
export const dimensionsOf = async (service: EmbeddingService, options?: CallOptions): Promise<number> =>
  (await service.compute(['memory'], undefined, options))[0]?.length ?? 0;
