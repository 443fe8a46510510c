import assert from 'node:assert/strict';
import type { SearchAnswer, SearchMode, SearchQuery } from '../../../../src/memory/memory.ts';
import { itWithFullText, refusal, useStore } from '../../support/testStore.ts';

const MODES: readonly SearchMode[] = ['hybrid', 'keyword', 'meaning', 'exact'];
const contents = ({ hits }: SearchAnswer) => hits.map(({ memory }) => memory.content);

describe('searching', () => {
  const test = useStore({ shared: true });
  const search = (query: string, mode?: SearchMode, more: Partial<SearchQuery> = {}) =>
    test.store.search({ query, mode, ...more });

  before(async () => {
    await test.store.storeMany([
      { content: 'The deployment pipeline runs on Friday', createdAt: 1 },
      { content: 'Friday is pizza day', createdAt: 2 },
      { content: 'Kubernetes cluster upgrade notes', createdAt: 3 },
      { content: 'pipeline', createdAt: 4 },
    ]);
    await test.store.embedPending();
    await test.store.store({ content: 'A pipeline without a vector yet', createdAt: 5 });
  });

  itWithFullText('by keyword finds words in any order, in any of their forms', async () => {
    assert.deepEqual(contents(await search('friday DEPLOYMENTS', 'keyword')), [
      'The deployment pipeline runs on Friday',
      'Friday is pizza day',
    ]);
    assert.deepEqual(contents(await search('upgrading clusters', 'keyword')), [
      'Kubernetes cluster upgrade notes',
    ]);
    assert.deepEqual(contents(await search('elephant', 'keyword')), []);
  });

  it('by meaning asks the model alone', async () => {
    const answer = await search('friday pizza', 'meaning');
    assert.deepEqual(contents(answer), ['Friday is pizza day', 'The deployment pipeline runs on Friday']);
    assert.deepEqual(answer.mode, { keyword: 'off', meaning: 'bag of words' });
    assert.equal(answer.duplicateSimilarity, 0.93);
    assert.equal((await search('friday pizza', 'keyword')).duplicateSimilarity, undefined);
    for (const { match, similarity, score } of answer.hits) {
      assert.equal(match, 'meaning');
      assert.equal(score, similarity);
    }
  });

  it('by meaning leaves out what is too far away', async () => {
    const { hits } = await search(
      'kubernetes in a very long question about other things altogether',
      'meaning',
    );
    assert.ok(hits.every(({ similarity }) => (similarity ?? 0) >= 0.2));
    assert.deepEqual(contents(await search('elephant', 'meaning')), []);
  });

  itWithFullText('in both ways finds what either finds, best where both agree, and says which', async () => {
    const answer = await search('pipeline');
    assert.equal(answer.hits.length, 3);
    const match = new Map(answer.hits.map((hit) => [hit.memory.content, hit.match]));
    assert.equal(match.get('pipeline'), 'both');
    assert.equal(match.get('A pipeline without a vector yet'), 'keyword');
    assert.equal(answer.hits[0]?.memory.content, 'pipeline');
    assert.deepEqual(answer.mode, { keyword: 'full-text', meaning: 'bag of words' });
  });

  it('exactly finds any part of the text, upper and lower case alike, newest first', async () => {
    assert.deepEqual(contents(await search('PIPELINE', 'exact')), [
      'A pipeline without a vector yet',
      'pipeline',
      'The deployment pipeline runs on Friday',
    ]);
    assert.deepEqual(contents(await search('line ru', 'exact')), ['The deployment pipeline runs on Friday']);
    assert.deepEqual(contents(await search('pipeline friday', 'exact')), []);
    for (const short of ['a', 'ZA', 'z'])
      assert.ok(contents(await search(short, 'exact')).includes('Friday is pizza day'), short);
    const { hits, mode } = await search('pizza', 'exact');
    assert.deepEqual([hits[0]?.match, hits[0]?.score, hits[0]?.similarity], ['exact', 1, undefined]);
    assert.deepEqual(mode, { keyword: 'substring', meaning: undefined });
  });

  it('gives scores from 0 to 1, best first', async () => {
    for (const mode of MODES)
      for (const query of ['pipeline', 'friday pizza pipeline deployment', 'notes']) {
        const scores = (await search(query, mode)).hits.map(({ score }) => score);
        assert.ok(
          (scores.length > 0 || mode === 'exact') && scores.every((score) => score >= 0 && score <= 1),
          `${mode} ${query}`,
        );
        assert.deepEqual(
          scores,
          scores.toSorted((a, b) => b - a),
        );
      }
  });

  it('gives as many as asked, 10 unless asked otherwise', async () => {
    assert.equal((await search('pipeline friday', 'keyword', { limit: 2 })).hits.length, 2);
    for (const limit of [0, 1001, 1.5, -1])
      await assert.rejects(search('x', 'keyword', { limit }), refusal('invalid-input'));
  });

  it('is refused without a question', async () => {
    for (const mode of MODES)
      for (const query of ['', ' ', '\n\t\u00a0'])
        await assert.rejects(search(query, mode), refusal('invalid-input'));
    await assert.rejects(search('x', 'fuzzy' as SearchMode), refusal('invalid-input'));
    await assert.rejects(search(7 as unknown as string), refusal('invalid-input'));
  });

  it('stops with the signal', async () => {
    const signal = AbortSignal.abort(new Error('typed on'));
    for (const mode of MODES)
      await assert.rejects(test.store.search({ query: 'pipeline', mode }, { signal }), {
        message: 'typed on',
      });
  });
});

describe('searching many memories', () => {
  const test = useStore();

  it('gives 10 hits unless asked otherwise, up to 1,000', async () => {
    await test.store.storeMany(Array.from({ length: 1100 }, (_, i) => ({ content: `the same word ${i}` })));
    await test.store.embedPending();
    for (const mode of MODES) {
      assert.equal((await test.store.search({ query: 'same word', mode })).hits.length, 10, mode);
      assert.equal(
        (await test.store.search({ query: 'same word', mode, limit: 1000 })).hits.length,
        1000,
        mode,
      );
    }
  });

  it('ranks by the frequent words of a question, too, where it has rare ones', async () => {
    const said = (word: string, times: number) =>
      Array.from({ length: times }, (_, i) => ({ content: `${word} ${i}` }));
    const memories = [...said('always', 3900), ...said('often', 2000), ...said('seldom', 100)];
    await test.store.storeMany([...memories, { content: 'seldom often', createdAt: 1 }]);
    const found = contents(await test.store.search({ query: 'often seldom', mode: 'keyword' }));
    assert.equal(found[0], 'seldom often');
    assert.ok(found.every((text) => text.startsWith('seldom')));
  }).timeout(60_000);

  it('finds a new memory by keyword at once, also after the same question found nothing', async () => {
    await test.store.storeMany(Array.from({ length: 50 }, (_, i) => ({ content: `about crossings ${i}` })));
    const asked = { query: 'zebra crossing', mode: 'keyword', limit: 1 } as const;
    assert.ok(!contents(await test.store.search(asked))[0]?.includes('zebra'));
    await test.store.store({ content: 'a zebra crossing' });
    assert.deepEqual(contents(await test.store.search(asked)), ['a zebra crossing']);
  });
});
