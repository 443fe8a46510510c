import assert from 'node:assert/strict';
import { useStore } from '../support/testStore.ts';

describe('storing content that is known', () => {
  const test = useStore();

  it('is no error and makes no double: it merges, and says so', async () => {
    const first = await test.store.store({ content: 'Hello World' });
    assert.deepEqual(await test.store.store({ content: 'Hello World' }), { ...first, outcome: 'merged' });
    assert.deepEqual(await test.store.store({ content: ' hello WORLD\n' }), { ...first, outcome: 'merged' });
    assert.equal(await test.store.count({}), 1);
  });

  it('merges what another process stores in the same millisecond', async () => {
    const stores = [test.store, await test.open()];
    for (let i = 0; i < 50; i++) {
      const results = await Promise.all(stores.map((store) => store.store({ content: `memory ${i}` })));
      assert.deepEqual(results.map(({ outcome }) => outcome).sort(), ['merged', 'stored']);
    }
  });

  it('takes the newer text where only case or outer white space differ, also for keyword search', async () => {
    await test.stored({ content: 'Hello World' });
    const memory = await test.stored({ content: '  HELLO world' });
    assert.equal(memory.content, '  HELLO world');
    assert.equal(memory.contentSize, 13);
    const { hits } = await test.store.search({ query: 'hello', mode: 'keyword' });
    assert.deepEqual(
      hits.map((hit) => hit.snippet.text),
      ['  HELLO world'],
    );
  });

  it('unites the tags, the older ones first', async () => {
    await test.stored({ content: 'x', tags: ['a', 'b'], project: 'p' });
    const { tags, contentHash } = await test.stored({ content: 'x', tags: ['c', 'a'] });
    assert.deepEqual(tags, ['a', 'b', 'proj:p', 'c']);
    assert.deepEqual(test.sql('SELECT tags FROM memories WHERE content_hash = ?', contentHash), [
      { tags: 'a,b,proj:p,c' },
    ]);
  });

  it('unites the metadata, the newer value of a key winning, objects merged into each other', async () => {
    await test.stored({ content: 'x', metadata: { a: 1, b: 1, deep: { x: 1, y: [1, 2] } } });
    const { metadata } = await test.stored({
      content: 'x',
      metadata: { b: 2, c: 3, deep: { y: [3], z: 1 } },
    });
    assert.deepEqual(metadata, { a: 1, b: 2, c: 3, deep: { x: 1, y: [3], z: 1 } });
  });

  it('changes nothing in the metadata when the same store is only repeated, null included', async () => {
    const metadata = { nothing: null, deep: { nothing: null }, b: 1 };
    for (let repeat = 0; repeat < 3; repeat++)
      assert.deepEqual((await test.stored({ content: 'x', metadata })).metadata, metadata);
  });

  it('replaces metadata that another program broke', async () => {
    await test.stored({ content: 'x', metadata: { a: 1 } });
    for (const broken of ['{broken', '[1]', 'null']) {
      test.sql('UPDATE memories SET metadata_json = ?', broken);
      assert.deepEqual((await test.stored({ content: 'x', metadata: { b: 1 } })).metadata, { b: 1 }, broken);
    }
  });

  it('keeps creation time, type, marks and source unless new ones are given', async () => {
    const first = await test.stored({
      content: 'x',
      memoryType: 'note',
      createdAt: 1000,
      pinned: true,
      localOnly: true,
      source: { client: 'a' },
    });
    const second = await test.stored({ content: 'x', createdAt: 2000, pinned: false });
    assert.deepEqual({ ...second, updatedAt: first.updatedAt }, first);
    assert.ok(second.updatedAt >= first.updatedAt);
    const third = await test.stored({ content: 'x', memoryType: 'decision', source: { client: 'b' } });
    assert.equal(third.memoryType, 'decision');
    assert.deepEqual(third.source, { client: 'b' });
  });

  describe('but deleted', () => {
    it('revives it, and says so', async () => {
      const { contentHash } = await test.stored({ content: 'x' });
      await test.store.delete([contentHash]);
      assert.deepEqual(await test.store.store({ content: 'X ' }), { contentHash, outcome: 'revived' });
      const memory = await test.get(contentHash);
      assert.equal(memory.deletedAt, undefined);
      assert.equal(memory.content, 'X ');
      assert.equal((await test.store.search({ query: 'x', mode: 'keyword' })).hits.length, 1);
    });

    it('gives it the new tags, type, metadata, time and marks, none of the old ones', async () => {
      const { contentHash } = await test.stored({
        content: 'x',
        tags: ['old'],
        project: 'old',
        memoryType: 'note',
        metadata: { old: 1 },
        createdAt: 1000,
        pinned: true,
        source: { client: 'old' },
      });
      await test.store.store({ content: 'its successor', supersedes: contentHash });
      await test.store.delete([contentHash]);
      const memory = await test.stored({
        content: 'x',
        tags: ['new'],
        metadata: { new: 1 },
        createdAt: 2000,
      });
      assert.deepEqual(memory.tags, ['new']);
      assert.deepEqual(memory.metadata, { new: 1 });
      assert.equal(memory.memoryType, undefined);
      assert.equal(memory.createdAt, 2000);
      assert.equal(memory.pinned, false);
      assert.equal(memory.source, undefined);
      assert.equal(memory.supersededBy, undefined);
      assert.deepEqual(
        test.sql('SELECT tags, created_at_iso AS iso FROM memories WHERE content_hash = ?', contentHash),
        [{ tags: 'new', iso: '1970-01-01T00:33:20.000Z' }],
      );
    });

    it('puts it in line for its vector again', async () => {
      const { contentHash } = await test.stored({ content: 'x' });
      await test.store.embedPending();
      await test.store.delete([contentHash]);
      assert.deepEqual((await test.store.stats()).embedding, {
        space: 'bag-of-words',
        embedded: 0,
        pending: 0,
      });
      await test.stored({ content: 'x' });
      assert.equal((await test.store.stats()).embedding.pending, 1);
      await test.store.embedPending();
      assert.equal((await test.store.stats()).embedding.embedded, 1);
    });

    it('leaves no tag behind that no memory has', async () => {
      const { contentHash } = await test.stored({ content: 'x', tags: ['old', 'shared'] });
      await test.stored({ content: 'y', tags: ['shared'] });
      await test.store.delete([contentHash]);
      await test.stored({ content: 'x', tags: ['new'] });
      assert.deepEqual((await test.store.verify()).problems, []);
      assert.deepEqual((await test.get(contentHash)).tags, ['new']);
    });
  });
});
