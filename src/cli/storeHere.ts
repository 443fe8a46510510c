import { existsSync } from 'node:fs';
import type { LocalStore } from '../local/localStore.ts';

/** The store on this machine beside the one in Cloudflare: opened once somebody asks what it holds, or stores in it. */
export class StoreHere {
  readonly #database: string;
  readonly #open: () => Promise<LocalStore>;
  #opened: Promise<LocalStore> | undefined;
  #written: LocalStore | undefined;

  constructor(database: string, open: () => Promise<LocalStore>) {
    this.#database = database;
    this.#open = open;
  }

  /** Undefined where this machine has no memories: looking makes no file. */
  readonly find = async (): Promise<LocalStore | undefined> =>
    existsSync(this.#database) ? this.#once() : undefined;

  /** For what is to be kept in it. */
  readonly make = async (): Promise<LocalStore> => (this.#written = await this.#once());

  /** The store, where something was kept in it. */
  get written(): LocalStore | undefined {
    return this.#written;
  }

  #once(): Promise<LocalStore> {
    const opened = (this.#opened ??= this.#open());
    opened.catch(() => {
      if (this.#opened === opened) this.#opened = undefined;
    });
    return opened;
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.close();
  }
}
