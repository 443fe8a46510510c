import * as vscode from 'vscode';
import type { MemoryStats } from '../memory/memory.ts';
import { describeError } from './errors.ts';
import type { Services } from './services.ts';

/**
 * What there is, read anew after each change, for whoever shows it; a store that can't be read is told once, whether
 * anybody shows it or not. A store that nobody has used yet is left closed.
 */
export class StoreStats implements vscode.Disposable {
  readonly #services: Pick<Services, 'store' | 'events' | 'errors'>;
  readonly #read = new vscode.EventEmitter<MemoryStats>();
  readonly #failed = new vscode.EventEmitter<unknown>();
  readonly #subscription: vscode.Disposable;
  #failure: string | undefined;

  readonly onDidRead = this.#read.event;
  readonly onDidFail = this.#failed.event;

  constructor(services: Pick<Services, 'store' | 'events' | 'errors'>) {
    this.#services = services;
    this.#subscription = services.events.onDidChange(() => {
      if (services.store.isUsed) void this.read();
    });
  }

  async read(): Promise<void> {
    const { store, events, errors } = this.#services;
    try {
      const stats = await store.stats();
      this.#failure = undefined;
      this.#read.fire(stats);
      events.counted(stats.embedding);
    } catch (error) {
      const message = describeError(error);
      if (message !== this.#failure) errors.show('The store could not be read.', error);
      this.#failure = message;
      this.#failed.fire(error);
    }
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscription, this.#read, this.#failed).dispose();
  }
}
