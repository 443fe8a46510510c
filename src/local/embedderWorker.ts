/**
 * The embedder's thread. A message is a text, its answer the text's vector, in order. Whatever fails ends the
 * thread: `EmbedderThread` then starts another one.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { EmbedderWorkerData } from './useLite/embedderThread.ts';
import { openUseLite } from './useLite/useLite.ts';

if (parentPort === null) throw new Error('embedderWorker runs as a worker thread only.');
const port = parentPort;
const { weightsDirectory } = workerData as EmbedderWorkerData;
const useLite = openUseLite(weightsDirectory);
port.on('message', (text: string) => {
  const vector = useLite.embed(text);
  port.postMessage(vector, [vector.buffer]);
});
