import type { MemoryStore } from '../memory/memoryStore.ts';
import type { Cli } from './cli.ts';
import { withStore } from './openStore.ts';
import { embedderWorker } from './packageInfo.ts';

/** The store, opened at the first call, and closed at the end. */
export class LazyStore {
  readonly #cli: Cli;
  readonly #ending = Promise.withResolvers<undefined>();
  #opened: Promise<MemoryStore> | undefined;
  #closed: Promise<void> | undefined;

  constructor(cli: Cli) {
    this.#cli = cli;
  }

  readonly open = async (): Promise<MemoryStore> => {
    this.#opened ??= new Promise((resolve, reject) => {
      const stay = (store: MemoryStore) => {
        resolve(store);
        return this.#ending.promise;
      };
      this.#closed = withStore(this.#cli, stay, { background: true, embedderWorker: embedderWorker() });
      this.#closed.catch(reject);
    });
    try {
      return await this.#opened;
    } catch (error) {
      // What was in the way may be gone at the next call.
      this.#opened = undefined;
      throw error;
    }
  };

  async close(): Promise<void> {
    this.#ending.resolve(undefined);
    await this.#closed?.catch(() => undefined);
  }
}
