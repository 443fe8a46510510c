import assert from 'node:assert/strict';
import type { SearchMode, SearchQuery } from '../../../../src/memory/memory.ts';
import type { LocalStore } from '../../../../src/local/localStore.ts';
import { itWithFullText, useStore } from '../../support/testStore.ts';

const found = async (
  store: LocalStore,
  query: string,
  mode: SearchMode = 'keyword',
  more: Partial<SearchQuery> = {},
) => (await store.search({ query, mode, ...more })).hits.map(({ memory }) => memory.content);

describe('a search without FTS5', () => {
  const test = useStore({ fullText: false });

  it('finds whole words by reading the texts, and says so', async () => {
    await test.store.storeMany([
      { content: 'The Größe of deployments', tags: ['tagged'] },
      { content: 'deploy getUserName' },
      { content: 'nothing' },
    ]);
    const answer = await test.store.search({ query: 'what DEPLOY', mode: 'keyword' });
    assert.deepEqual(
      answer.hits.map(({ memory }) => memory.content),
      ['deploy getUserName'],
    );
    assert.deepEqual(answer.hits[0]?.snippet.marks, [[0, 6]]);
    assert.deepEqual(answer.mode, { keyword: 'plain-scan', meaning: undefined });
    assert.deepEqual((await test.store.stats()).mode.keyword, 'plain-scan');
    assert.deepEqual(await found(test.store, 'größe'), ['The Größe of deployments']);
    assert.deepEqual(await found(test.store, 'tagged'), ['The Größe of deployments']);
    assert.deepEqual(
      await found(test.store, 'deployment'),
      ['The Größe of deployments'],
      'by the text as it stands',
    );
  });

  it('ranks by how many of the words there are, rarer ones more', async () => {
    await test.store.storeMany([
      ...Array.from({ length: 1200 }, (_, i) => ({ content: `common ${i}` })),
      { content: 'rare' },
      { content: 'rare common' },
    ]);
    assert.deepEqual((await found(test.store, 'common rare')).slice(0, 2), ['rare common', 'rare']);
  });

  it('filters before the cut', async () => {
    await test.store.storeMany(
      Array.from({ length: 2000 }, (_, i) => ({ content: `word ${i}`, tags: i % 200 === 7 ? ['ten'] : [] })),
    );
    for (const mode of ['keyword', 'hybrid', 'exact'] as const)
      assert.equal(
        (await found(test.store, 'word', mode, { filter: { tags: ['ten'] }, limit: 50 })).length,
        10,
        mode,
      );
  });

  it('goes with the search by meaning', async () => {
    await test.store.storeMany([{ content: 'apples and pears' }, { content: 'pears' }]);
    await test.store.embedPending();
    const { hits, mode } = await test.store.search({ query: 'pears' });
    assert.deepEqual(
      hits.map((hit) => hit.match),
      ['both', 'both'],
    );
    assert.deepEqual(mode, { keyword: 'plain-scan', meaning: 'bag of words' });
  });

  it('finds parts of texts, Chinese words and signs', async () => {
    await test.store.storeMany([
      { content: '数据库迁移在星期二进行' },
      { content: 'Use C++ and eu-west-1 🎉 ÉCOLE' },
    ]);
    assert.deepEqual(await found(test.store, 'WEST-1 🎉', 'exact'), ['Use C++ and eu-west-1 🎉 ÉCOLE']);
    assert.deepEqual(await found(test.store, 'école', 'exact'), ['Use C++ and eu-west-1 🎉 ÉCOLE']);
    for (const query of ['库', '数据', '数据库', 'zebra 数据库迁移', 'zebra 数据库'])
      assert.deepEqual(await found(test.store, query), ['数据库迁移在星期二进行'], query);
    for (const query of ['C++', '🎉', 'eu-west-1'])
      assert.equal((await found(test.store, query)).length, 1, query);
  });

  it('knows the beginning of large content', async () => {
    await test.stored({ content: `A walrus. ${'Lorem ipsum '.repeat(100_000)}` });
    for (const mode of ['keyword', 'exact'] as const) {
      assert.equal((await found(test.store, 'walrus', mode)).length, 1);
      assert.equal((await found(test.store, 'R2 Content', mode)).length, 0);
    }
  });
});

describe('what a process without FTS5 wrote', () => {
  const test = useStore({ fullText: false });

  itWithFullText('is indexed by the next one with FTS5: new, changed and deleted memories', async () => {
    const before = await test.open({ fullText: true });
    await before.storeMany([
      { content: 'changed from walrus' },
      { content: 'deleted walrus' },
      { content: 'kept walrus' },
    ]);
    const [kept, deleted, changed] = (await before.list({})).items;
    await test.store.update(changed?.contentHash ?? '', { content: 'changed into ocelots' });
    await test.store.update(kept?.contentHash ?? '', { content: 'KEPT walrus' });
    await test.store.purge(await test.store.delete([deleted?.contentHash ?? '']));
    await test.store.store({ content: 'new pangolins' });

    const after = await test.open({ fullText: true });
    assert.deepEqual(await found(after, 'ocelot'), ['changed into ocelots']);
    assert.deepEqual(await found(after, 'pangolin'), ['new pangolins']);
    assert.deepEqual(await found(after, 'walrus'), ['KEPT walrus']);
    assert.deepEqual(await found(after, 'into ocel', 'exact'), ['changed into ocelots']);
    assert.deepEqual((await after.verify()).problems, []);
    assert.deepEqual(test.sql('SELECT * FROM em_local_unindexed'), []);
  });

  it('is indexed also where there was no full text before', async () => {
    await test.store.store({ content: 'first pangolins' });
    assert.deepEqual(await found(await test.open({ fullText: true }), 'pangolin'), ['first pangolins']);
  });
});
