import { Worker } from 'node:worker_threads';

export interface EmbedderWorkerData {
  readonly weightsDirectory: string;
}

/** One worker that computes one text at a time; started when first needed, and again after it broke. */
export class EmbedderThread {
  readonly #workerUrl: URL;
  readonly #workerData: EmbedderWorkerData;
  #worker: Worker | undefined;

  constructor(workerUrl: URL, workerData: EmbedderWorkerData) {
    this.#workerUrl = workerUrl;
    this.#workerData = workerData;
  }

  /** The caller awaits each vector before it asks for the next. Rejects with what broke the worker. */
  compute(text: string): Promise<Float32Array> {
    const worker = (this.#worker ??= this.#start());
    const { promise, resolve, reject } = Promise.withResolvers<Float32Array>();
    const exited = (code: number) => reject(new Error(`its thread ended with code ${code}`));
    worker.once('message', resolve).once('error', reject).once('exit', exited);
    // Only a computation in progress keeps the process alive.
    worker.ref();
    worker.postMessage(text);
    return promise.finally(() => {
      worker.unref();
      worker.off('message', resolve).off('error', reject).off('exit', exited);
    });
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#workerUrl, {
      workerData: this.#workerData,
      name: 'edge-memory-embedder',
      // Flags of the process, such as --input-type, may not suit a thread.
      execArgv: [],
    });
    const forget = () => {
      if (this.#worker === worker) this.#worker = undefined;
    };
    return worker.on('error', forget).on('exit', forget);
  }
}
