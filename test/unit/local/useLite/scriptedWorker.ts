/**
 * Stands in for the embedder's worker: each vector holds the number of the text since the worker started. The texts
 * `crash`, `exit` and `slow` do what they say.
 */
import { parentPort, workerData } from 'node:worker_threads';

const { weightsDirectory } = workerData as { weightsDirectory: string };
if (weightsDirectory === 'missing') throw new Error('no such folder');

let count = 0;
parentPort?.on('message', (text: string) => {
  if (text === 'crash') throw new RangeError('out of bounds');
  if (text === 'exit') process.exit(7);
  count++;
  setTimeout(() => parentPort?.postMessage(Float32Array.of(count)), text === 'slow' ? 50 : 0);
});
