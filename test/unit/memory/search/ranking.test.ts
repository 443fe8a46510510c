import assert from 'node:assert/strict';
import type { SearchMode, SearchQuery } from '../../../../src/memory/memory.ts';
import { itWithFullText, useStore } from '../../support/testStore.ts';

const MODES: readonly SearchMode[] = ['hybrid', 'keyword', 'meaning', 'exact'];

describe('the order of hits', () => {
  const test = useStore();
  const found = async (query: string, mode: SearchMode, more: Partial<SearchQuery> = {}) =>
    (await test.store.search({ query, mode, ...more })).hits.map(({ memory }) => memory.content);

  it('begins with the memory that has more of the words, and the rarer ones', async () => {
    await test.store.storeMany([
      ...Array.from({ length: 90 }, (_, i) => ({ content: `${i % 3 ? 'other' : 'common'} thing ${i}` })),
      { content: 'a rare thing' },
      { content: 'a rare common thing' },
    ]);
    assert.deepEqual((await found('common rare', 'keyword')).slice(0, 2), [
      'a rare common thing',
      'a rare thing',
    ]);
  });

  it('has a superseded memory below the one that replaced it, in every mode, and names that', async () => {
    const old = await test.stored({ content: 'deploy deploy deploy' });
    const { contentHash } = await test.stored({
      content: 'how to deploy: deploy on Friday, deploy well',
      supersedes: old.contentHash,
    });
    await test.store.embedPending();
    for (const mode of MODES) {
      const { hits } = await test.store.search({ query: 'deploy', mode });
      assert.deepEqual(
        hits.map(({ memory }) => memory.supersededBy),
        [undefined, contentHash],
        mode,
      );
      assert.ok((hits[0]?.score ?? 0) > (hits[1]?.score ?? 1), mode);
    }
  });

  it('has it below even where it matches far better, and in a project that is preferred', async () => {
    await test.store.storeMany(Array.from({ length: 30 }, (_, i) => ({ content: `release note ${i}` })));
    const oldest = await test.stored({ content: 'release checklist of the shop', project: 'shop' });
    const old = await test.stored({
      content: 'release checklist of the shop, revised',
      project: 'shop',
      supersedes: oldest.contentHash,
    });
    await test.stored({
      content: 'everything about a release lies in the handbook now, which somebody keeps',
      supersedes: old.contentHash,
    });
    await test.store.embedPending();
    for (const mode of MODES) {
      const query = mode === 'exact' ? 'release' : 'release checklist of the shop';
      const order = await found(query, mode, { preferProject: 'shop', limit: 40 });
      const newest = order.findIndex((content) => content.includes('handbook'));
      const newer = order.indexOf('release checklist of the shop, revised');
      const last = order.indexOf('release checklist of the shop');
      assert.ok(newer >= 0 && newer < last, `${mode}: ${newer}, ${last}`);
      if (newest >= 0) assert.ok(newest < newer, `${mode}: ${newest}, ${newer}`);
      if (mode !== 'meaning') assert.ok(newest >= 0, mode);
    }
  });

  it('copes with memories that replaced each other in a circle', async () => {
    const a = await test.stored({ content: 'tea at four' });
    const b = await test.stored({ content: 'tea at five', supersedes: a.contentHash });
    await test.store.store({ content: 'tea at four', supersedes: b.contentHash });
    assert.equal((await found('tea', 'keyword')).length, 2);
  });

  it('prefers a project among equals, and leaves nothing out', async () => {
    await test.store.storeMany([
      { content: 'deploy notes one', project: 'Mine' },
      { content: 'deploy notes two', project: 'other' },
      { content: 'deploy notes three' },
    ]);
    await test.store.embedPending();
    for (const mode of MODES)
      for (const preferProject of ['mine', ' MINE ']) {
        const order = await found('deploy notes', mode, { preferProject });
        assert.equal(order[0], 'deploy notes one', mode);
        const { hits } = await test.store.search({ query: 'deploy notes', mode, preferProject });
        assert.ok(hits.every(({ score }) => score <= 1));
        assert.equal(order.length, 3);
      }
    assert.equal((await found('deploy notes', 'exact', { preferProject: ' ' })).length, 3, 'no project');
  });

  itWithFullText(
    'shows by meaning and by keyword what only one of them finds, even at the first place',
    async () => {
      await test.store.storeMany([{ content: 'alpha beta gamma' }, { content: 'gammas' }]);
      await test.store.embedPending();
      assert.deepEqual(await found('gamma', 'hybrid'), ['alpha beta gamma', 'gammas']);
    },
  );

  it('shows each memory once, by the best of its chunks', async () => {
    const filler = Array.from({ length: 400 }, (_, i) => `word${i}`).join(' ');
    await test.store.storeMany([
      { content: `${filler} ${'needle '.repeat(60)} ${filler}` },
      { content: 'a needle in the hay' },
    ]);
    await test.store.embedPending();
    const { hits } = await test.store.search({ query: 'needle', mode: 'meaning' });
    assert.equal(hits.length, 2);
    assert.ok(hits[0]?.memory.content.startsWith('word0'));
    assert.ok(hits[0]?.snippet.text.includes('needle'));
    assert.ok((hits[0]?.similarity ?? 0) > (hits[1]?.similarity ?? 1));
  });

  it('follows a change of the text at once', async () => {
    const { contentHash } = await test.stored({ content: 'about cats' });
    await test.store.update(contentHash, { content: 'about dogs' });
    assert.deepEqual(await found('cats', 'keyword'), []);
    assert.deepEqual(await found('dogs', 'keyword'), ['about dogs']);
    assert.deepEqual(await found('dog', 'exact'), ['about dogs']);
  });

  it('takes in what another process has stored, deleted and embedded', async () => {
    const other = await test.open();
    const { contentHash } = await other.store({ content: 'stored elsewhere' });
    await other.embedPending();
    for (const mode of MODES) assert.deepEqual(await found('elsewhere', mode), ['stored elsewhere'], mode);
    await other.delete([contentHash]);
    for (const mode of MODES) assert.deepEqual(await found('elsewhere', mode), [], mode);
  });
});
