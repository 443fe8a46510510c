import type { CallOptions, Embedder } from '../memory/ports.ts';
import { embeddingFailure } from './useLite/embeddingFailure.ts';
import { EmbedderThread } from './useLite/embedderThread.ts';
import { Turns } from './useLite/turns.ts';
import { useLiteModel } from './useLite/useLiteModel.ts';

export interface WorkerEmbedderOptions {
  /** embedderWorker, bundled or as source. */
  readonly workerUrl: URL;
  /** The files that `buildUseLite` wrote. */
  readonly weightsDirectory: string;
}

/**
 * The offline embedder in a thread of its own, started at the first call. Texts are computed one at a time:
 * interactive calls go before background ones, which take half a core at most.
 */
export class WorkerEmbedder implements Embedder {
  readonly model = useLiteModel;
  readonly #thread: EmbedderThread;
  readonly #turns = new Turns();
  readonly #closing = new AbortController();

  constructor({ workerUrl, weightsDirectory }: WorkerEmbedderOptions) {
    this.#thread = new EmbedderThread(workerUrl, { weightsDirectory });
  }

  /** A text whose computation has begun is finished even if the signal aborts; the rest is dropped. */
  async embed(texts: readonly string[], options: CallOptions = {}): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (const text of texts) {
      vectors.push(await this.#turns.take(() => this.#compute(text), options));
      options.signal?.throwIfAborted();
    }
    return vectors;
  }

  /** Ends the thread; calls in progress and later ones reject. */
  async dispose(): Promise<void> {
    this.#closing.abort(embeddingFailure(new Error('it was closed')));
    this.#turns.rejectWaiting(this.#closing.signal.reason);
    await this.#thread.stop();
  }

  async #compute(text: string): Promise<Float32Array> {
    const { signal } = this.#closing;
    signal.throwIfAborted();
    try {
      return await this.#thread.compute(text);
    } catch (cause) {
      signal.throwIfAborted();
      const error = embeddingFailure(cause);
      // What waits would meet the same end: a worker that cannot start is not started again for each text.
      this.#turns.rejectWaiting(error);
      throw error;
    }
  }
}
