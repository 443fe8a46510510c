/** The store's thread: SQLite, the scan of vectors and the whole engine; one message a call. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LocalStore, LocalStoreOptions } from './localStore.ts';
import { openLocalStore } from './openLocalStore.ts';
import { serveCalls } from './threadCalls.ts';

interface StoreWorkerData extends Omit<LocalStoreOptions, 'embedderWorker'> {
  readonly embedderWorker: string | undefined;
}

if (parentPort === null) throw new Error('storeWorker runs in a worker thread');

const { embedderWorker, ...options } = workerData as StoreWorkerData;
let opening: Promise<LocalStore> | undefined;

const open = async (): Promise<LocalStore> => {
  const store = await openLocalStore({
    ...options,
    embedderWorker: embedderWorker === undefined ? undefined : new URL(embedderWorker),
  });
  store.onDidChange(tell);
  return store;
};

const tell = serveCalls(parentPort, async (method, args, callOptions) => {
  // What kept it from opening may have gone: the next call tries again.
  opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  const store = await opening;
  const methods = store as unknown as Record<string, (...parameters: unknown[]) => Promise<unknown>>;
  return methods[method]?.(...args, callOptions);
});
