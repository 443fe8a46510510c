import assert from 'node:assert/strict';
import { MemoryError } from '../../src/memory/errors.ts';
import type { EmbeddingProgress, MemoryStats, StoreEvent } from '../../src/memory/memory.ts';
import type { Services } from '../../src/vscode/services.ts';
import { StoreEvents } from '../../src/vscode/storeEvents.ts';
import { StoreStats } from '../../src/vscode/storeStats.ts';
import { eventually, services } from './access.ts';

const embedding: EmbeddingProgress = { space: 'x', embedded: 1, pending: 2 };

describe('what there is in the store', () => {
  let announce: (event: StoreEvent) => void;
  let reads: number;
  let failing: string | undefined;
  let isUsed: boolean;
  let embedded: EmbeddingProgress[];
  let shown: unknown[];
  let disposables: { dispose(): void }[];
  const change = (): void => announce({ kind: 'changed', by: 'this-process' });

  /** As it is without a status bar: nobody listens to the stats themselves. */
  beforeEach(async () => {
    [reads, failing, isUsed, embedded, shown] = [0, undefined, true, [], []];
    const store = {
      get isUsed() {
        return isUsed;
      },
      onDidChange: (listener: (event: StoreEvent) => void) => {
        announce = listener;
        return () => undefined;
      },
      stats: () => {
        reads++;
        return failing === undefined
          ? Promise.resolve({ live: 3, embedding } as MemoryStats)
          : Promise.reject(new MemoryError('offline', failing, 'Try again.'));
      },
    } as unknown as Services['store'];
    const events = new StoreEvents(store, (await services()).log);
    const errors = {
      show: (_: string, error: unknown) => shown.push(error),
    } as unknown as Services['errors'];
    const listening = events.onDidEmbed((progress) => embedded.push(progress));
    disposables = [new StoreStats({ store, events, errors }), listening, events];
  });
  afterEach(() => disposables.forEach((disposable) => disposable.dispose()));

  it('is read after a change, and tells how many memories wait for their vector', async () => {
    change();
    await eventually(() => assert.deepEqual(embedded, [embedding]));
  });

  it('opens no store that nobody has used', async () => {
    isUsed = false;
    change();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(reads, 0);
    isUsed = true;
    change();
    await eventually(() => assert.equal(reads, 1));
  });

  it('is told once where it can not be read, until it can be again', async () => {
    const after = async (count: number): Promise<void> => {
      change();
      await eventually(() => assert.equal(reads, count));
    };
    failing = 'No connection.';
    await after(1);
    await after(2);
    assert.equal(shown.length, 1);
    failing = undefined;
    await after(3);
    failing = 'No connection.';
    await after(4);
    await eventually(() => assert.equal(shown.length, 2));
  });
});
