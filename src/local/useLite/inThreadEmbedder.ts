import { setImmediate } from 'node:timers/promises';
import type { CallOptions, Embedder } from '../../memory/ports.ts';
import { embeddingFailure } from './embeddingFailure.ts';
import { openUseLite } from './useLite.ts';
import type { UseLite } from './useLite.ts';
import { useLiteModel } from './useLiteModel.ts';

/** The offline embedder in the calling thread, for a process that has nothing else to do. */
export class InThreadEmbedder implements Embedder {
  readonly model = useLiteModel;
  readonly #weightsDirectory: string;
  #useLite: UseLite | undefined;

  /** Reads the files in `weightsDirectory` at the first call. */
  constructor({ weightsDirectory }: { readonly weightsDirectory: string }) {
    this.#weightsDirectory = weightsDirectory;
  }

  async embed(texts: readonly string[], { signal }: CallOptions = {}): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (const text of texts) {
      // Lets signals and timers through between two texts.
      if (vectors.length > 0) await setImmediate();
      signal?.throwIfAborted();
      vectors.push(this.#compute(text));
    }
    return vectors;
  }

  dispose(): void {
    this.#useLite = undefined;
  }

  #compute(text: string): Float32Array {
    try {
      this.#useLite ??= openUseLite(this.#weightsDirectory);
      return this.#useLite.embed(text);
    } catch (error) {
      throw embeddingFailure(error);
    }
  }
}
