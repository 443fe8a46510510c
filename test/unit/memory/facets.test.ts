import assert from 'node:assert/strict';
import type { Facet, FacetKind, FacetQuery } from '../../../src/memory/memory.ts';
import { refusal, useStore } from '../support/testStore.ts';

describe('names with their counts', () => {
  const test = useStore();
  const all = async (kind: FacetKind, query?: FacetQuery) =>
    (await test.store.facets(kind, query)).items.map(({ name, count }) => `${name} ${count}`);
  const inPages = async (kind: FacetKind, query: FacetQuery) => {
    const items: Facet[] = [];
    for (let after: string | undefined; ;) {
      const page = await test.store.facets(kind, { ...query, after });
      assert.ok(page.items.length <= (query.limit ?? 50));
      items.push(...page.items);
      if (page.next === undefined) return items;
      after = page.next;
    }
  };

  beforeEach(async () => {
    await test.store.storeMany([
      { content: '1', tags: ['common', 'a_1', '100%'], project: 'Édge', memoryType: 'note' },
      { content: '2', tags: ['common', 'b'], project: 'Édge', memoryType: 'note' },
      { content: '3', tags: ['common', 'a-2'], project: 'other', memoryType: 'decision' },
      { content: '4', tags: ['a_1'] },
      { content: '5', tags: ['common', 'gone'], project: 'gone', memoryType: 'gone' },
    ]);
    const [deleted] = (await test.store.list({ filter: { tags: ['gone'] } })).items;
    await test.store.delete([deleted?.contentHash ?? '']);
  });

  it('come most used first, then by name, of live memories only', async () => {
    assert.deepEqual(await all('tags'), ['common 3', 'a_1 2', '100% 1', 'a-2 1', 'b 1']);
    assert.deepEqual(await all('types'), ['note 2', 'decision 1']);
    assert.deepEqual(await all('projects'), ['édge 2', 'other 1']);
  });

  it('follow what is deleted, restored and changed', async () => {
    const [first] = (await test.store.list({ filter: { project: 'other' } })).items;
    const hash = first?.contentHash ?? '';
    await test.store.delete([hash]);
    assert.deepEqual(await all('projects'), ['édge 2']);
    await test.store.restore([hash]);
    await test.store.update(hash, { project: 'édge', memoryType: null, addTags: ['b'] });
    assert.deepEqual(await all('projects'), ['édge 3']);
    assert.deepEqual(await all('types'), ['note 2']);
    assert.deepEqual(await all('tags', { prefix: 'b' }), ['b 2']);
  });

  it('can be asked for by their beginning, in which % and _ are characters', async () => {
    assert.deepEqual(await all('tags', { prefix: 'a' }), ['a_1 2', 'a-2 1']);
    assert.deepEqual(await all('tags', { prefix: 'a_' }), ['a_1 2']);
    assert.deepEqual(await all('tags', { prefix: '100%' }), ['100% 1']);
    assert.deepEqual(await all('tags', { prefix: '%' }), []);
    assert.deepEqual(await all('projects', { prefix: 'é' }), ['édge 2']);
    assert.deepEqual(await all('tags', { prefix: '' }), await all('tags'));
  });

  it('come by name where that is asked', async () => {
    assert.deepEqual(await all('tags', { order: 'name' }), ['100% 1', 'a-2 1', 'a_1 2', 'b 1', 'common 3']);
    const paged = await inPages('tags', { order: 'name', limit: 2 });
    assert.deepEqual(
      paged.map(({ name }) => name),
      ['100%', 'a-2', 'a_1', 'b', 'common'],
    );
  });

  it('count only what matches a filter', async () => {
    const filter = { project: 'édge' };
    assert.deepEqual(await all('tags', { filter }), ['common 2', '100% 1', 'a_1 1', 'b 1']);
    assert.deepEqual(await all('types', { filter }), ['note 2']);
    assert.deepEqual(await all('projects', { filter: { tags: ['a-2'] } }), ['other 1']);
  });

  it('come in pages, each name once, whatever their counts', async () => {
    const memories = Array.from({ length: 40 }, (_, i) => ({
      content: `m${i}`,
      tags: Array.from({ length: 30 }, (_, t) => (i % (t + 1) === 0 ? `t_${t}` : '')),
    }));
    await test.store.storeMany(memories);
    const whole = await inPages('tags', { limit: 1000 });
    for (const limit of [1, 7, 34]) assert.deepEqual(await inPages('tags', { limit }), whole);
    assert.equal(whole.length, 35);
    assert.deepEqual(
      await inPages('tags', { limit: 4, prefix: 't_1' }),
      whole.filter(({ name }) => name.startsWith('t_1')),
    );
  });

  it('are refused for other kinds, pages and places', async () => {
    for (const limit of [0, -1, 1001, 1.5])
      await assert.rejects(test.store.facets('tags', { limit }), refusal('invalid-input'));
    for (const after of ['', 'x', '_a'])
      await assert.rejects(test.store.facets('tags', { after }), refusal('invalid-input'));
    await assert.rejects(test.store.facets('colours' as FacetKind), refusal('invalid-input'));
  });
});
