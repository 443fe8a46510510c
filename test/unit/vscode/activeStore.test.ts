import assert from 'node:assert/strict';
import type { LocalStore } from '../../../src/local/localStore.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import type { MemoryStore } from '../../../src/memory/memoryStore.ts';
import { ActiveStore } from '../../../src/vscode/activeStore.ts';

const unsubscribe = (): void => undefined;
const empty = {
  onDidChange: () => unsubscribe,
  localProjects: () => Promise.resolve([]),
  get: () => Promise.resolve([]),
} as unknown as LocalStore;

describe('the active store', () => {
  const opening = () => Promise.withResolvers<MemoryStore | undefined>();
  const storeThatOpens = (...openings: readonly ReturnType<typeof opening>[]) => {
    let next = 0;
    return new ActiveStore({
      embedded: empty,
      openConnected: () => openings[next++]?.promise ?? Promise.reject(new Error('not asked for')),
      onRefused: () => undefined,
    });
  };
  const connected = { onDidChange: () => unsubscribe } as unknown as MemoryStore;

  it('is the one that is wanted now, for those too who waited for one that was given up', async () => {
    for (const giveUp of [
      (first: ReturnType<typeof opening>) => first.resolve(undefined),
      (first: ReturnType<typeof opening>) => first.reject(new DOMException('superseded', 'AbortError')),
    ]) {
      const [first, second] = [opening(), opening()];
      const store = storeThatOpens(first, second);
      const waiting = store.active();
      store.reopen();
      giveUp(first);
      second.resolve(connected);
      assert.equal(await waiting, connected);
      assert.equal(await store.active(), connected);
    }
  });

  it('makes a change with the token that came while the one before it was being refused', async () => {
    const refusing = Promise.withResolvers<never>();
    const made = { contentHash: 'a', outcome: 'stored' } as const;
    const [first, second] = [opening(), opening()];
    first.resolve({ ...connected, storeMany: () => refusing.promise });
    second.resolve({ ...connected, storeMany: () => Promise.resolve([made]) });
    const store = storeThatOpens(first, second);
    await store.active();
    const storing = store.storeMany([{ content: 'text' }]);
    await new Promise((resolve) => setImmediate(resolve));
    store.reopen();
    refusing.reject(new MemoryError('unauthorized', 'Refused.', 'Change the token.'));
    assert.deepEqual(await storing, [made]);
  });

  it('fails where it can not be opened, and is opened anew by the next call', async () => {
    const [first, second] = [opening(), opening()];
    const store = storeThatOpens(first, second);
    first.reject(new Error('no connection'));
    await assert.rejects(store.active(), /no connection/);
    second.resolve(connected);
    assert.equal(await store.active(), connected);
  });
});
