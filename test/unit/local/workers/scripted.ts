/** Stands in for the store's thread: each method does what it is called. */
import { parentPort } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryError } from '../../../../src/memory/errors.ts';
import type { CallOptions } from '../../../../src/memory/ports.ts';
import { serveCalls } from '../../../../src/local/threadCalls.ts';

if (parentPort === null) throw new Error('runs in a worker thread');

let calls = 0;
let aborted = 0;

const methods: Record<string, (args: readonly unknown[], options: CallOptions) => unknown> = {
  echo: (args) => args,
  count: () => ++calls,
  aborted: () => aborted,
  priority: (_, { priority }) => priority,
  wait: async (_, { signal }) => {
    signal?.addEventListener('abort', () => aborted++);
    await sleep(60_000, undefined, { signal, ref: false });
  },
  refuse: () => {
    throw new MemoryError('storage-full', 'The disk is full.', 'Free some space.');
  },
  fail: () => {
    throw new TypeError('something else');
  },
  tell: ([event]) => tell(event),
  crash: () => {
    setImmediate(() => {
      throw new RangeError('out of bounds');
    });
    return sleep(60_000, undefined, { ref: false });
  },
  exit: () => process.exit(7),
};

const tell = serveCalls(
  parentPort,
  (method, args, options) => new Promise((resolve) => resolve(methods[method]?.(args, options))),
);
