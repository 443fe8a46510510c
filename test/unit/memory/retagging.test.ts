import assert from 'node:assert/strict';
import type { TagChange } from '../../../src/memory/memory.ts';
import { undoOf } from '../../../src/memory/retagging.ts';
import { refusal, useStore } from '../support/testStore.ts';

describe('changing the tags of many memories', () => {
  const test = useStore();
  const stored = async (content: string, tags: readonly string[]): Promise<string> =>
    (await test.stored({ content, tags })).contentHash;
  const tagsOf = async (hash: string): Promise<readonly string[]> => (await test.get(hash)).tags;

  it('adds and removes, each memory its own, and answers those that are live', async () => {
    const [one, two, gone] = [
      await stored('one', ['a', 'b']),
      await stored('two', ['a']),
      await stored('gone', ['a']),
    ];
    await test.store.delete([gone]);
    const live = await test.store.retag([
      { contentHash: one, add: ['New Tag', 'b'], remove: ['a', 'unknown'] },
      { contentHash: two, add: ['proj:x'], remove: [] },
      { contentHash: gone, add: ['c'], remove: ['a'] },
      { contentHash: 'f'.repeat(64), add: ['c'], remove: ['a'] },
    ]);
    assert.deepEqual([...live].sort(), [one, two].sort());
    assert.deepEqual(await tagsOf(one), ['b', 'new tag']);
    assert.deepEqual(await tagsOf(two), ['a', 'proj:x']);
    assert.deepEqual(await tagsOf(gone), ['a']);
    assert.deepEqual((await test.store.facets('projects')).items, [{ name: 'x', count: 1 }]);
    const texts = test.sql('SELECT tags FROM memories WHERE deleted_at IS NULL ORDER BY id');
    assert.deepEqual(
      texts.map(({ tags }) => tags),
      ['b,new tag', 'a,proj:x'],
    );
  });

  it('is taken back by the inverse of what it did', async () => {
    const hash = await stored('one', ['a', 'b']);
    const change: TagChange = { contentHash: hash, add: ['c'], remove: ['a'] };
    await test.store.retag([change]);
    await test.store.retag([undoOf(change)]);
    assert.deepEqual([...(await tagsOf(hash))].sort(), ['a', 'b']);
  });

  it('counts as a change of the memory', async () => {
    const before = await test.stored({ content: 'one' });
    let changes = 0;
    test.store.onDidChange((event) => (changes += Number(event.kind === 'changed')));
    await test.store.retag([{ contentHash: before.contentHash, add: ['a'], remove: [] }]);
    assert.ok((await test.get(before.contentHash)).updatedAt > before.updatedAt);
    assert.equal(changes, 1);
  });

  it('stops between two transactions where it is cancelled', async () => {
    const results = await test.store.storeMany(
      Array.from({ length: 2100 }, (_, i) => ({ content: `memory ${i}` })),
    );
    const controller = new AbortController();
    test.store.onDidChange(() => controller.abort());
    const changes = results.map(({ contentHash }) => ({ contentHash, add: ['many'], remove: [] }));
    await assert.rejects(test.store.retag(changes, { signal: controller.signal }), { name: 'AbortError' });
    assert.equal(await test.store.count({ tags: ['many'] }), 1000);
  });

  it('refuses what is no tag', async () => {
    const contentHash = await stored('one', []);
    const change = { contentHash, add: ['x'.repeat(101)], remove: [] };
    await assert.rejects(test.store.retag([change]), refusal('invalid-input'));
  });
});
