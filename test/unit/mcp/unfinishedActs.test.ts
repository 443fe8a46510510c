import assert from 'node:assert/strict';
import { recordedStore } from '../../../src/mcp/recordedStore.ts';
import { type AgentAct, undoAct } from '../../../src/memory/agentActs.ts';
import { contentHashOf } from '../../../src/memory/contentHash.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import type { MemoryStore } from '../../../src/memory/memoryStore.ts';
import { refusal, useStore } from '../support/testStore.ts';

describe('what agents do in calls that do not end well', () => {
  const memories = useStore();
  let acts: AgentAct[] = [];
  beforeEach(() => {
    acts = [];
  });

  const contents = async (): Promise<string[]> =>
    (await memories.store.list({})).items.map(({ content }) => content).sort();
  const undoLast = async (): Promise<void> => {
    const act = acts.at(-1);
    assert.ok(act);
    await undoAct(memories.store, act);
  };
  const many = Array.from({ length: 1200 }, (_, i) => ({ content: `memory ${i}` }));
  const recorded = (store: MemoryStore) =>
    recordedStore(store, { version: '1', client: 'Agent', settings: {} }, (act) => {
      acts.push(act);
      return Promise.resolve();
    });
  const failing = (methods: Partial<MemoryStore>): MemoryStore =>
    new Proxy(memories.store, {
      get: (store, name: keyof MemoryStore) =>
        methods[name] ?? (store[name] as (...args: unknown[]) => unknown).bind(store),
    });

  it('is told where the call is given up half-way', async () => {
    const calling = new AbortController();
    memories.store.onDidChange(({ kind }) => kind === 'changed' && calling.abort());
    await recorded(memories.store).storeMany(many, { signal: calling.signal });
    assert.ok(calling.signal.aborted);
    assert.equal(acts[0]?.hashes.length, await memories.store.count({}));
    await undoLast();
    assert.equal(await memories.store.count({}), 0);
  });

  it('is not begun where the call was given up before', async () => {
    const { contentHash } = await memories.stored({ content: 'one' });
    const store = recorded(memories.store);
    const options = { signal: AbortSignal.abort() };
    await assert.rejects(store.storeMany(many, options));
    await assert.rejects(store.delete([contentHash], options));
    assert.deepEqual([await contents(), acts], [['one'], []]);
  });

  it('is told, of a call that fails half-way, as far as it came', async () => {
    const known = await memories.stored({ content: 'memory 0', tags: ['mine'] });
    const untouched = await memories.stored({ content: 'memory 3' });
    const storeMany: MemoryStore['storeMany'] = async (given) => {
      await memories.store.storeMany(given.slice(0, 2));
      throw new MemoryError('offline', 'The network is gone.', 'Try again.');
    };
    const given = many.slice(0, 4).map((memory) => ({ ...memory, tags: ['agent'] }));
    await assert.rejects(recorded(failing({ storeMany })).storeMany(given), refusal('offline'));
    assert.deepEqual(acts[0]?.hashes, [known.contentHash, contentHashOf('memory 1')]);
    await undoLast();
    assert.deepEqual(await contents(), ['memory 0', 'memory 3']);
    assert.deepEqual((await memories.get(known.contentHash)).tags, ['mine']);
    assert.deepEqual(await memories.get(untouched.contentHash), untouched);
  });

  it('is told, of a deletion that fails half-way, as far as it came', async () => {
    const hashes: string[] = [];
    for (const content of ['one', 'two', 'three'])
      hashes.push((await memories.stored({ content })).contentHash);
    await memories.store.delete(hashes.slice(0, 1));
    const failure = new MemoryError('offline', 'The network is gone.', 'Try again.');
    const store = failing({
      delete: async () => {
        await memories.store.delete(hashes.slice(0, 2));
        throw failure;
      },
    });
    await assert.rejects(recorded(store).delete(hashes), failure);
    assert.deepEqual(acts[0]?.hashes, hashes.slice(1, 2));
    await undoLast();
    assert.deepEqual(await contents(), ['three', 'two']);
  });
});
