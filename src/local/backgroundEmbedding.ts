import { MemoryError } from '../memory/errors.ts';
import type { MemoryEngine } from '../memory/memoryEngine.ts';
import { Lease } from './lease.ts';
import type { SqliteDatabase } from './sqliteDatabase.ts';

export interface EmbeddingTimes {
  /** For how long a process that ends without a word keeps the others from going on. Renewed three times as often. */
  readonly leaseSeconds: number;
  /** How often another process looks whether the lease has ended. */
  readonly retryMs: number;
  readonly afterFailureMs: number;
  readonly progressMs: number;
}

const TIMES: EmbeddingTimes = { leaseSeconds: 15, retryMs: 3000, afterFailureMs: 30_000, progressMs: 500 };

/** Works off the memories that wait for a vector, in one process of the machine at a time. */
export class BackgroundEmbedding {
  readonly #engine: MemoryEngine;
  readonly #lease: Lease;
  readonly #times: EmbeddingTimes;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #again = false;
  #failure: string | undefined;

  constructor(engine: MemoryEngine, database: SqliteDatabase, times = TIMES) {
    this.#engine = engine;
    this.#times = times;
    this.#lease = new Lease(database, 'embedding', times.leaseSeconds);
  }

  /** Something may be waiting, because of what this process did, or another one. */
  wake(by: 'this-process' | 'another-process' = 'this-process'): void {
    if (this.#stopped.signal.aborted) return;
    // Two processes that fail would else wake each other for ever, by taking the lease.
    if (by === 'another-process' && this.#failure !== undefined) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again) {
        this.#again = false;
        this.wake();
      }
    });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    try {
      if ((await this.#engine.queue.pending()) === 0) {
        this.#failure = undefined;
        return;
      }
      if (!this.#lease.take()) {
        this.#later(this.#times.retryMs);
        return;
      }
      const renewal = setInterval(() => this.#renew(), (this.#times.leaseSeconds * 1000) / 3).unref();
      try {
        for (let told = 0; (await this.#engine.queue.advance(1, { signal, priority: 'background' })) > 0;) {
          this.#failure = undefined;
          if (Date.now() - told >= this.#times.progressMs) {
            told = Date.now();
            await this.#tell();
          }
        }
      } finally {
        clearInterval(renewal);
        this.#lease.release();
      }
      this.#failure = undefined;
      await this.#tell();
    } catch (error) {
      if (signal.aborted) return;
      this.#warn(MemoryError.is(error) ? `${error.message} ${error.nextStep}` : String(error));
      this.#later(this.#times.afterFailureMs);
    }
  }

  #renew(): void {
    try {
      this.#lease.take();
    } catch {
      // The next renewal may succeed; at worst two processes do the same work.
    }
  }

  /** Once for each reason, until it works again. */
  #warn(reason: string): void {
    if (reason !== this.#failure)
      this.#engine.announce({ kind: 'warning', message: `Memories wait for their meaning: ${reason}` });
    this.#failure = reason;
  }

  async #tell(): Promise<void> {
    const { embedding } = await this.#engine.stats();
    this.#engine.announce({ kind: 'embedding', progress: embedding });
  }

  #later(ms: number): void {
    this.#timer = setTimeout(() => this.wake(), ms).unref();
  }
}
