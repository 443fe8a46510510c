/** The thread that places memories on the map: seconds of computing that no search waits for. */
import { parentPort } from 'node:worker_threads';
import { serveCalls } from '../threadCalls.ts';
import { layOut, placeNew } from './layOut.ts';
import type { Matrix } from './matrix.ts';
import type { MapEvent } from './mapThread.ts';

if (parentPort === null) throw new Error('mapWorker runs in a worker thread');

const tell: (event: MapEvent) => void = serveCalls(parentPort, (method, args, { signal }) => {
  const [vectors, positions] = args as [Matrix<Int8Array>, Float32Array];
  const onProgress = (done: number) => tell({ kind: 'progress', done });
  if (method === 'placeNew') return placeNew(vectors, positions, { signal, onProgress });
  return layOut(vectors, {
    signal,
    onProgress,
    onQuick: (quick) => tell({ kind: 'quick', positions: quick }),
  });
});
