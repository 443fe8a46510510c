/** The embedded store in a process of its own: `open`, then every method of the store. */
import { MemoryError } from '../../../../src/memory/errors.ts';
import type { StoreEvent } from '../../../../src/memory/memory.ts';
import type { LocalStore, LocalStoreOptions } from '../../../../src/local/localStore.ts';
import { openLocalStore } from '../../../../src/local/openLocalStore.ts';
import { answer } from '../../support/processes.ts';

export interface StoreProgram extends Omit<LocalStore, 'iterate' | 'onDidChange'> {
  open(options: LocalStoreOptions): Promise<void>;
  /** What the store has announced so far. */
  events(): StoreEvent[];
}

export const storeProgram = new URL(import.meta.url);

if (process.argv[1] === import.meta.filename) {
  let store: LocalStore | undefined;
  const events: StoreEvent[] = [];
  const own = {
    open: async (options: LocalStoreOptions) => {
      store = await openLocalStore(options);
      store.onDidChange((event) => events.push(event));
    },
    events: () => events,
  };
  answer((name) => {
    if (name in own) return own[name as keyof typeof own];
    if (store === undefined) throw new MemoryError('busy', 'The store is not open.', 'Open it.');
    return (store[name as keyof LocalStore] as (...args: never[]) => unknown).bind(store);
  });
}
