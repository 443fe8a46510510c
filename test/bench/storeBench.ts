import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkerStore } from '../../src/local/workerStore.ts';
import { percentile, seeded, WordSource } from './corpus.ts';
import { type Figure, timed } from './measure.ts';

const STORES = 200;
const BULK = 10_000;
const EMBEDDED = 200;

/** How long it took, and how long it held up this thread at most. Milliseconds. */
const watched = async (run: () => Promise<void>): Promise<{ ms: number; blocked: number }> => {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  await run();
  const ms = performance.now() - start;
  delay.disable();
  return { ms, blocked: delay.max / 1e6 };
};

/** What a window sees: the store in its own thread, the host's thread beside it. */
export const storeBench = async (useLite: string): Promise<Figure[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'edge-memory-bench-'));
  const source = new WordSource(path.join(useLite, 'vocabulary.json'), seeded(7));
  const open = (name: string, background: boolean) =>
    new WorkerStore({
      storeWorker: new URL('../../src/local/storeWorker.ts', import.meta.url),
      embedderWorker: new URL('../../src/local/embedderWorker.ts', import.meta.url),
      database: path.join(folder, name),
      weightsDirectory: useLite,
      background,
    });
  const store = open('memory.db', false);
  const embedding = open('embedding.db', true);
  try {
    await store.stats();
    const single = await timed(STORES, () =>
      store.store({ content: source.words(20), tags: ['bench', 'one', 'two'] }),
    );
    const memories = Array.from({ length: BULK }, () => ({ content: source.words(75), tags: ['bench'] }));
    const bulk = await watched(async () => {
      for (let at = 0; at < BULK; at += 1000) await store.storeMany(memories.slice(at, at + 1000));
    });
    await embedding.storeMany(Array.from({ length: EMBEDDED }, () => ({ content: source.words(12) })));
    const embedded = await watched(async () => {
      while ((await embedding.stats()).embedding.pending > 0) await sleep(50);
    });
    return [
      {
        what: 'store acknowledged (durable), p50',
        value: percentile(single, 0.5),
        unit: 'ms',
        target: { atMost: 5 },
      },
      { what: 'store acknowledged (durable), p99', value: percentile(single, 0.99), unit: 'ms' },
      {
        what: 'bulk store through the thread, per memory',
        value: bulk.ms / BULK,
        unit: 'ms',
        target: { atMost: 0.3 },
      },
      {
        what: "host's thread blocked at most, during bulk store",
        value: bulk.blocked,
        unit: 'ms',
        target: { atMost: 20 },
      },
      {
        what: 'bulk store with embedding in the background, per memory of 12 words',
        value: embedded.ms / EMBEDDED,
        unit: 'ms',
      },
      {
        what: "host's thread blocked at most, while memories are embedded",
        value: embedded.blocked,
        unit: 'ms',
        target: { atMost: 20 },
      },
    ];
  } finally {
    await store.close();
    await embedding.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
