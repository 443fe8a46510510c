import assert from 'node:assert/strict';
import type { Memory, MemoryPatch, StoreEvent } from '../../../src/memory/memory.ts';
import { refusal, useStore } from '../support/testStore.ts';

const NOBODY = 'f'.repeat(64);

describe('updating a memory', () => {
  const test = useStore();
  let memory: Memory;
  const update = (patch: MemoryPatch) => test.store.update(memory.contentHash, patch);

  beforeEach(async () => {
    memory = await test.stored({
      content: 'Deploy on Friday',
      tags: ['a', 'b'],
      project: 'p',
      memoryType: 'note',
      metadata: { k: 1, deep: { x: 1 } },
      createdAt: 1000,
      source: { client: 'first' },
    });
  });

  it('answers the memory as it is now, and changes nothing else', async () => {
    const changed = await update({ addTags: ['C'] });
    assert.deepEqual(
      { ...changed, updatedAt: memory.updatedAt },
      { ...memory, tags: ['a', 'b', 'proj:p', 'c'] },
    );
    assert.deepEqual(await test.get(memory.contentHash), changed);
    assert.ok(changed.updatedAt > 1000);
    assert.deepEqual(test.sql('SELECT updated_at_iso AS iso FROM memories'), [
      { iso: new Date(changed.updatedAt * 1000).toISOString() },
    ]);
  });

  it('replaces, adds and removes tags, in the row and in the join', async () => {
    const cases: [MemoryPatch, string[]][] = [
      [{ tags: [' X', 'b', 'x'] }, ['b', 'x']],
      [{ addTags: ['Y'], removeTags: ['B', 'unknown'] }, ['x', 'y']],
      [{ addTags: ['y'], removeTags: ['y'] }, ['x', 'y']],
      [{ tags: [] }, []],
    ];
    for (const [patch, tags] of cases) {
      assert.deepEqual((await update(patch)).tags, tags);
      assert.deepEqual(test.sql('SELECT tags FROM memories'), [{ tags: tags.join(',') }]);
      assert.deepEqual((await test.store.facets('tags')).items.map(({ name }) => name).sort(), tags);
    }
  });

  it('moves it into another project, and out of any', async () => {
    assert.deepEqual((await update({ project: ' Q ' })).tags, ['a', 'b', 'proj:q']);
    assert.deepEqual((await update({ project: null, addTags: ['c'] })).tags, ['a', 'b', 'c']);
    await assert.rejects(update({ project: ' ' }), refusal('invalid-input'));
  });

  it('leaves no tag behind that no memory has', async () => {
    await test.stored({ content: 'another', tags: ['a'] });
    await update({ tags: ['new'] });
    await update({ removeTags: ['new'] });
    assert.deepEqual(test.sql('SELECT name FROM tags'), [{ name: 'a' }]);
    assert.deepEqual((await test.store.verify()).problems, []);
  });

  it('changes the type, and removes it with null', async () => {
    assert.equal((await update({ memoryType: 'decision' })).memoryType, 'decision');
    assert.equal((await update({ pinned: true })).memoryType, 'decision');
    assert.equal((await update({ memoryType: null })).memoryType, undefined);
  });

  it('merges metadata, and removes a key with null', async () => {
    const { metadata } = await update({ metadata: { k: null, deep: { y: 2 }, new: [1] } });
    assert.deepEqual(metadata, { deep: { x: 1, y: 2 }, new: [1] });
  });

  it('pins and unpins it, keeps it on this machine and ends that, gives it another source', async () => {
    assert.equal((await update({ pinned: true })).pinned, true);
    const marked = await update({ localOnly: true, source: { client: 'second', lines: [1, 2] } });
    assert.deepEqual(
      [marked.pinned, marked.localOnly, marked.source],
      [true, true, { client: 'second', lines: [1, 2] }],
    );
    const unmarked = await update({ pinned: false, localOnly: false });
    assert.deepEqual(
      [unmarked.pinned, unmarked.localOnly, unmarked.source?.client],
      [false, false, 'second'],
    );
  });

  it('takes another text with the same hash in place of the old one', async () => {
    const changed = await update({ content: '  DEPLOY on friday\n' });
    assert.equal(changed.contentHash, memory.contentHash);
    assert.equal(changed.content, '  DEPLOY on friday\n');
    assert.equal(changed.contentSize, 19);
    assert.equal(changed.createdAt, 1000);
    assert.deepEqual(await test.store.history(memory.contentHash), []);
    assert.equal(await test.store.count({ state: 'deleted' }), 0);
  });

  it('refuses what can not be stored, and changes nothing', async () => {
    const patches: [MemoryPatch, 'invalid-input' | 'too-large'][] = [
      [{ content: ' ' }, 'invalid-input'],
      [{ content: 'a\u0000' }, 'invalid-input'],
      [{ tags: ['x'], addTags: ['y'] }, 'invalid-input'],
      [{ tags: ['x'], removeTags: ['y'] }, 'invalid-input'],
      [{ addTags: ['\ud800'] }, 'invalid-input'],
      [{ tags: ['x'.repeat(101)] }, 'invalid-input'],
      [{ metadata: { text: 'x'.repeat(300_000) } }, 'too-large'],
      [{ memoryType: 7 } as unknown as MemoryPatch, 'invalid-input'],
    ];
    for (const [patch, code] of patches)
      await assert.rejects(update({ ...patch, pinned: true }), refusal(code));
    assert.deepEqual(await test.get(memory.contentHash), memory);
  });

  it('refuses a memory that does not exist or is deleted, and changes nothing', async () => {
    const patches: MemoryPatch[] = [
      { addTags: ['zebra'] },
      { tags: ['zebra'] },
      { project: 'zebra' },
      { content: 'Something else' },
      { content: 'deploy on FRIDAY' },
      { pinned: true, localOnly: true, source: { client: 'zebra' } },
      { memoryType: 'zebra', metadata: { zebra: 1 } },
      {},
    ];
    await update({ pinned: false });
    await test.store.delete([memory.contentHash]);
    const events: StoreEvent[] = [];
    test.store.onDidChange((event) => events.push(event));
    const before = await test.get(memory.contentHash);
    for (const patch of patches)
      for (const hash of [memory.contentHash, NOBODY])
        await assert.rejects(test.store.update(hash, patch), refusal('not-found'), JSON.stringify(patch));
    assert.deepEqual(await test.get(memory.contentHash), before);
    assert.deepEqual(test.sql(`SELECT name FROM tags WHERE name LIKE '%zebra'`), []);
    assert.deepEqual(test.sql('SELECT count(*) AS n FROM memories'), [{ n: 1 }]);
    assert.deepEqual(events, []);
  });
});
