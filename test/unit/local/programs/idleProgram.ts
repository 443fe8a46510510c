/** Stores one memory in a worker's store and then has nothing to do; with `close` it closes the store. */
import { WorkerStore } from '../../../../src/local/workerStore.ts';

const [database = '', weightsDirectory = '', close] = process.argv.slice(2);
const store = new WorkerStore({
  database,
  weightsDirectory,
  storeWorker: new URL('../../../../src/local/storeWorker.ts', import.meta.url),
  embedderWorker: new URL('../../../../src/local/embedderWorker.ts', import.meta.url),
});
await store.store({ content: 'the only thing to do' });
if (close === 'close') await store.close();
process.channel?.unref();
console.log('done');
