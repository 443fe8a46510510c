import assert from 'node:assert/strict';
import { contentHashOf } from '../../../src/memory/contentHash.ts';
import { refusal, useStore } from '../support/testStore.ts';

const MIB = 1024 * 1024;
/** Text of so many UTF-8 bytes, about one thing at its beginning and about another at its end. */
const large = (bytes = MIB + 100): string => {
  const [start, end] = [`It begins with a walrus 🎉. ${'walrus '.repeat(50)}`, ' pangolin'.repeat(50)];
  const left = bytes - Buffer.byteLength(start + end);
  return start + 'Lorem ipsum dolor\n'.repeat(Math.ceil(left / 18)).slice(0, left) + end;
};

describe('content of more than 1 MiB', () => {
  const test = useStore();

  it('lies beside the record, under the name that mcp-memory-service uses', async () => {
    const { contentHash } = await test.stored({ content: large() });
    const key = `content/${contentHash}.txt`;
    assert.deepEqual(test.sql('SELECT content, r2_key FROM memories'), [
      { content: `[R2 Content: ${key}]`, r2_key: key },
    ]);
    await test.stored({ content: large(MIB) });
    assert.deepEqual(test.sql('SELECT count(*) AS n FROM memories WHERE r2_key IS NOT NULL'), [{ n: 1 }]);
  });

  it('reads back exactly, by hash and when all memories are gone through', async () => {
    const content = large(3 * MIB);
    const memory = await test.stored({ content });
    assert.ok(memory.content === content);
    assert.equal(memory.truncated, false);
    assert.equal(memory.contentSize, 3 * MIB);
    for await (const each of test.store.iterate({})) assert.ok(each.content === content && !each.truncated);
  });

  it('is listed by its beginning, marked as truncated', async () => {
    const content = large();
    await test.stored({ content });
    const [item] = (await test.store.list({})).items;
    assert.equal(item?.content, content.slice(0, 4096));
    assert.equal(item.truncated, true);
    assert.equal(item.contentSize, MIB + 100);
    const [short] = (await test.store.list({ contentLimit: 20 })).items;
    assert.equal(short?.content, content.slice(0, 20));
    assert.equal(short.truncated, true);
  });

  it('is found by keyword, exactly and by meaning from its first part, never by what stands in for it', async () => {
    const { contentHash } = await test.stored({ content: large() });
    await test.store.embedPending();
    const found = async (query: string, mode: 'keyword' | 'exact' | 'meaning') =>
      (await test.store.search({ query, mode })).hits.map(({ memory }) => memory.contentHash);
    assert.deepEqual(await found('walrus', 'keyword'), [contentHash]);
    assert.deepEqual(await found('WALRUS 🎉', 'exact'), [contentHash]);
    assert.deepEqual(await found('🎉', 'keyword'), [contentHash]);
    assert.deepEqual(await found('🎉', 'exact'), [contentHash]);
    assert.deepEqual(await found('walrus', 'meaning'), [contentHash]);
    for (const query of ['R2', 'R2 Content', contentHash]) {
      assert.deepEqual(await found(query, 'keyword'), [], query);
      assert.deepEqual(await found(query, 'exact'), [], query);
    }
  });

  it('is found exactly by a long quotation from its beginning', async () => {
    const content = large();
    await test.stored({ content });
    assert.equal((await test.store.search({ query: content.slice(0, 1000), mode: 'exact' })).hits.length, 1);
    const other = `${content.slice(0, 999)}§`;
    assert.equal((await test.store.search({ query: other, mode: 'exact' })).hits.length, 0);
  });

  it('is found by the meaning of any part of it', async () => {
    await test.stored({ content: large() });
    await test.store.embedPending();
    const { hits } = await test.store.search({ query: 'pangolin', mode: 'meaning' });
    assert.equal(hits.length, 1);
    assert.ok((hits[0]?.similarity ?? 0) > 0.2);
  });

  it('answers a search with its beginning only, at most as long as asked', async () => {
    await test.stored({ content: large() });
    const [hit] = (await test.store.search({ query: 'walrus', mode: 'keyword', contentLimit: 10 })).hits;
    assert.equal(hit?.memory.content, 'It begins ');
    assert.equal(hit.memory.truncated, true);
    assert.ok(hit.snippet.text.startsWith('It begins with a walrus'));
  });

  it('may become small and large again', async () => {
    const { contentHash } = await test.stored({ content: large(), tags: ['t'] });
    const small = await test.store.update(contentHash, { content: 'A small ocelot' });
    assert.equal(small.truncated, false);
    assert.equal(small.contentSize, 14);
    const again = await test.store.update(small.contentHash, { content: large(2 * MIB) });
    assert.ok(again.content === large(2 * MIB) && !again.truncated);
    assert.deepEqual(again.tags, ['t']);
    assert.equal((await test.store.search({ query: 'walrus', mode: 'keyword' })).hits.length, 1);
    assert.equal((await test.store.search({ query: 'ocelot', mode: 'keyword' })).hits.length, 0);
  });

  it('may shrink and grow by white space at its ends, which keeps its hash', async () => {
    const { contentHash } = await test.stored({ content: 'an ocelot' });
    const wide = `${' '.repeat(MIB)}An Ocelot`;
    assert.ok((await test.store.update(contentHash, { content: wide })).content === wide);
    assert.ok((await test.stored({ content: wide })).content === wide);
    assert.equal((await test.stored({ content: 'AN OCELOT' })).content, 'AN OCELOT');
    assert.equal((await test.store.list({})).items[0]?.content, 'AN OCELOT');
    assert.equal((await test.store.search({ query: 'ocelot', mode: 'keyword' })).hits.length, 1);
    assert.equal((await test.store.search({ query: 'oc', mode: 'exact' })).hits.length, 1);
  });

  it('leaves with its memory', async () => {
    const { contentHash } = await test.stored({ content: large() });
    await test.store.delete([contentHash]);
    assert.ok((await test.get(contentHash)).content === large(), 'deleted, it can still be read');
    await test.store.purge([contentHash]);
    assert.deepEqual(test.sql('SELECT count(*) AS n FROM em_local_objects'), [{ n: 0 }]);
  });

  it('is an error to read when it is gone, and never an empty or wrong text', async () => {
    const { contentHash } = await test.stored({ content: large() });
    test.sql('DELETE FROM em_local_objects');
    await assert.rejects(test.store.get([contentHash]), refusal('damaged'));
    assert.equal((await test.store.list({})).items.length, 1);
  });

  it('is refused above 16 MiB', async () => {
    await assert.rejects(test.store.store({ content: 'x'.repeat(16 * MIB + 1) }), refusal('too-large'));
    await assert.rejects(test.store.store({ content: 'é'.repeat(8 * MIB + 1) }), refusal('too-large'));
    const most = 'x'.repeat(16 * MIB);
    assert.ok((await test.stored({ content: most })).content === most);
    assert.deepEqual(await test.store.resolve(contentHashOf(most).slice(0, 8)), [contentHashOf(most)]);
  });
});

describe('a limit to the content', () => {
  const test = useStore();

  it('cuts what list and search answer, never inside a character', async () => {
    await test.stored({ content: 'ab🎉cd éf' });
    const listed = async (contentLimit: number) => (await test.store.list({ contentLimit })).items[0];
    assert.deepEqual(await listed(0).then((item) => [item?.content, item?.truncated]), ['', true]);
    assert.deepEqual(await listed(2).then((item) => [item?.content, item?.truncated]), ['ab', true]);
    assert.deepEqual(await listed(100).then((item) => [item?.content, item?.truncated]), [
      'ab🎉cd éf',
      false,
    ]);
    for (const contentLimit of [3, 4])
      assert.match((await listed(contentLimit))?.content ?? '', /^ab(🎉c?)?$/u);
    const searched = async (contentLimit: number) =>
      (await test.store.search({ query: 'cd', mode: 'keyword', contentLimit })).hits[0]?.memory;
    assert.deepEqual(await searched(3).then((item) => [item?.content, item?.truncated]), ['ab', true]);
    assert.deepEqual(await searched(100).then((item) => [item?.content, item?.truncated]), [
      'ab🎉cd éf',
      false,
    ]);
  });

  it('is refused below 0 or between two numbers', async () => {
    for (const contentLimit of [-1, 1.5, NaN])
      await assert.rejects(test.store.list({ contentLimit }), refusal('invalid-input'));
  });
});
