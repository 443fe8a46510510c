import assert from 'node:assert/strict';
import type { Cli } from '../../../src/cli/cli.ts';
import { embedBeforeSearch } from '../../../src/cli/embedding.ts';
import type { OpenStore } from '../../../src/cli/openStore.ts';
import type { CallOptions } from '../../../src/memory/ports.ts';

const PATIENCE = 50;

describe('a search at the terminal', () => {
  const interruption = new AbortController();
  const cli = { options: () => ({}), variables: () => ({ values: {} }), signal: interruption.signal };

  /** With short memories that are embedded at once, before a long one that never is. */
  const storeWith = (short: number) => {
    let left = short;
    const store = {
      embedPending: (limit: number, { signal }: CallOptions = {}) => {
        if (left === 0)
          return new Promise((_, reject) =>
            signal?.addEventListener('abort', () => reject(signal.reason as Error)),
          );
        left -= Math.min(left, limit);
        return Promise.resolve(left + 1);
      },
      stats: () => Promise.resolve({ embedding: { pending: left + 1 } }),
    };
    return { kind: 'local', store } as unknown as OpenStore;
  };
  const embed = (open: OpenStore) => embedBeforeSearch(cli as unknown as Cli, open, PATIENCE);

  it('does not wait for a long memory to be embedded, and says that it waits', async () => {
    assert.equal(await embed(storeWith(0)), 1);
  });

  it('has embedded the short ones before', async () => {
    assert.equal(await embed(storeWith(5)), 1);
  });

  it('embeds no more than a few', async () => {
    assert.equal(await embed(storeWith(100)), 81);
  });

  it('ends where the person interrupts it', async () => {
    const embedding = embed(storeWith(0));
    interruption.abort();
    await assert.rejects(embedding, { name: 'AbortError' });
  });
});
