/** The store's thread, which breaks down where it is asked to resolve `crash`. */
import { parentPort } from 'node:worker_threads';
import '../../../../src/local/storeWorker.ts';

parentPort?.on('message', ({ args }: { readonly args?: readonly unknown[] }) => {
  if (args?.[0] === 'crash') throw new RangeError('out of bounds');
});
