import assert from 'node:assert/strict';
import type { Memory, StoreEvent } from '../../../src/memory/memory.ts';
import { itWithFullText, useStore } from '../support/testStore.ts';

const NOBODY = 'f'.repeat(64);

describe('deleting memories', () => {
  const test = useStore();
  let [a, b]: Memory[] = [];
  const hashes = (...memories: (Memory | undefined)[]) => memories.map((memory) => memory?.contentHash ?? '');
  const listed = async (state?: 'live' | 'deleted') =>
    (await test.store.list({ filter: { state } })).items.map(({ content }) => content).sort();
  const inTables = () =>
    Object.fromEntries(
      [
        'memories',
        'tags',
        'memory_tags',
        'em_info',
        'em_lineage',
        'memory_graph',
        'em_embed_queue',
        'em_local_vectors',
        'em_local_codes',
      ].map((table) => [table, test.sql(`SELECT count(*) AS n FROM ${table}`)[0]?.['n']]),
    );

  beforeEach(async () => {
    a = await test.stored({
      content: 'alpha beta',
      tags: ['a', 'both'],
      metadata: { a: 1 },
      pinned: true,
      project: 'p',
    });
    b = await test.stored({ content: 'gamma delta', tags: ['both'] });
    await test.store.embedPending();
  });

  it('answers the hashes that were live', async () => {
    assert.deepEqual(await test.store.delete([NOBODY, ...hashes(a)]), hashes(a));
    assert.deepEqual(await test.store.delete(hashes(a, b, b)), hashes(b));
    assert.deepEqual(await test.store.delete([]), []);
  });

  it('takes them out of every list, count and search, and they can still be read by hash', async () => {
    await test.store.delete(hashes(a));
    assert.deepEqual(await listed(), ['gamma delta']);
    assert.deepEqual(await listed('deleted'), ['alpha beta']);
    assert.equal(await test.store.count({}), 1);
    assert.equal(await test.store.count({ state: 'deleted', tags: ['a'] }), 1);
    assert.deepEqual((await test.store.facets('tags')).items, [{ name: 'both', count: 1 }]);
    for (const mode of ['hybrid', 'keyword', 'meaning', 'exact'] as const)
      assert.deepEqual((await test.store.search({ query: 'alpha', mode })).hits, [], mode);
    const [gone] = await test.store.get(hashes(a));
    assert.deepEqual({ ...gone, deletedAt: undefined, updatedAt: a?.updatedAt }, a);
    assert.equal(gone?.deletedAt, gone?.updatedAt);
  });

  it('never shows them to a search, even where their vector was left behind', async () => {
    test.sql('UPDATE memories SET deleted_at = 1');
    for (const mode of ['hybrid', 'keyword', 'meaning', 'exact'] as const)
      assert.deepEqual((await test.store.search({ query: 'alpha', mode })).hits, [], mode);
  });

  it('are found among the deleted ones by keyword', async () => {
    await test.store.delete(hashes(a));
    const { hits } = await test.store.search({
      query: 'alpha gamma',
      mode: 'keyword',
      filter: { state: 'deleted' },
    });
    assert.deepEqual(
      hits.map(({ memory }) => memory.content),
      ['alpha beta'],
    );
  });

  describe('and restoring them', () => {
    it('answers the hashes that were deleted, and brings them back as they were', async () => {
      await test.store.delete(hashes(a));
      assert.deepEqual(await test.store.restore([NOBODY, ...hashes(b, a)]), hashes(a));
      const [back] = await test.store.get(hashes(a));
      assert.deepEqual({ ...back, updatedAt: a?.updatedAt }, a);
      assert.deepEqual(await listed(), ['alpha beta', 'gamma delta']);
      assert.equal((await test.store.search({ query: 'alpha', mode: 'keyword' })).hits.length, 1);
    });

    it('gives them their vector again', async () => {
      await test.store.delete(hashes(a));
      await test.store.restore(hashes(a));
      await test.store.embedPending();
      assert.equal((await test.store.search({ query: 'alpha', mode: 'meaning' })).hits.length, 1);
    });
  });

  describe('and purging them', () => {
    it('answers the hashes that are gone for good, and leaves live ones alone', async () => {
      await test.store.delete(hashes(a));
      assert.deepEqual(await test.store.purge([NOBODY, ...hashes(a, b)]), hashes(a));
      assert.deepEqual(await test.store.get(hashes(a, b)), [b]);
      assert.deepEqual(await test.store.restore(hashes(a)), []);
    });

    itWithFullText('removes all that belongs to them', async () => {
      const c = await test.stored({ content: 'epsilon', supersedes: hashes(a)[0], source: { client: 'x' } });
      const edited = await test.store.update(c.contentHash, { content: 'epsilon zeta' });
      await test.store.link({ source: hashes(a)[0] ?? '', target: hashes(b)[0] ?? '' });
      const all = [...hashes(a, b), c.contentHash, edited.contentHash];
      await test.store.delete(all);
      assert.deepEqual((await test.store.purge(all)).sort(), all.sort());
      for (const [table, rows] of Object.entries(inTables())) assert.equal(rows, 0, table);
      for (const table of ['em_words', 'em_trigrams'])
        assert.deepEqual(test.sql(`SELECT rowid FROM ${table}`), [], table);
    });

    it('leaves nothing that points to them', async () => {
      const newer = await test.stored({ content: 'newer', supersedes: hashes(b)[0] });
      await test.store.delete([newer.contentHash]);
      await test.store.purge([newer.contentHash]);
      assert.equal((await test.store.get(hashes(b)))[0]?.supersededBy, undefined);
      assert.deepEqual(await test.store.history(hashes(b)[0] ?? ''), []);
    });

    it('lets the same content be stored anew', async () => {
      await test.store.purge(await test.store.delete(hashes(a)));
      assert.equal((await test.store.store({ content: 'alpha beta' })).outcome, 'stored');
      assert.equal((await test.store.search({ query: 'alpha', mode: 'keyword' })).hits.length, 1);
    });
  });

  it('tells the listeners only when something changed', async () => {
    const events: StoreEvent[] = [];
    test.store.onDidChange((event) => events.push(event));
    await test.store.restore(hashes(a));
    await test.store.purge(hashes(a));
    await test.store.delete([NOBODY]);
    assert.equal(events.length, 0);
    await test.store.delete(hashes(a));
    await test.store.restore(hashes(a));
    assert.equal(events.length, 2);
  });
});
