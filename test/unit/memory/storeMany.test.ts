import assert from 'node:assert/strict';
import { contentHashOf } from '../../../src/memory/contentHash.ts';
import { groupForStore, prepare } from '../../../src/memory/storing.ts';
import { refusal, useStore } from '../support/testStore.ts';

describe('storing many memories', () => {
  const test = useStore();

  it('answers in the order of the input', async () => {
    await test.stored({ content: 'known' });
    const { contentHash } = await test.stored({ content: 'deleted' });
    await test.store.delete([contentHash]);
    const contents = ['z', 'known', 'a', 'deleted', 'm'];
    assert.deepEqual(
      await test.store.storeMany(contents.map((content) => ({ content }))),
      contents.map((content) => ({
        contentHash: contentHashOf(content),
        outcome: content === 'known' ? 'merged' : content === 'deleted' ? 'revived' : 'stored',
      })),
    );
  });

  it('merges doubles of one call into the first of them', async () => {
    const results = await test.store.storeMany([
      { content: 'x', tags: ['a'], metadata: { a: 1, n: 1 }, createdAt: 5 },
      { content: 'other' },
      { content: ' X', tags: ['b'], metadata: { n: 2 }, createdAt: 6, pinned: true },
    ]);
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['stored', 'stored', 'merged'],
    );
    const memory = await test.get(contentHashOf('x'));
    assert.equal(memory.content, ' X');
    assert.deepEqual(memory.tags, ['a', 'b']);
    assert.deepEqual(memory.metadata, { a: 1, n: 2 });
    assert.equal(memory.createdAt, 5);
    assert.equal(memory.pinned, true);
  });

  it('revives a double once, and merges the second into it', async () => {
    const { contentHash } = await test.stored({ content: 'x', tags: ['old'] });
    await test.store.delete([contentHash]);
    const results = await test.store.storeMany([
      { content: 'x', tags: ['a'], metadata: { a: 1 } },
      { content: 'x', tags: ['b'], metadata: { b: 1 } },
    ]);
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['revived', 'merged'],
    );
    const memory = await test.get(contentHash);
    assert.deepEqual(memory.tags, ['a', 'b']);
    assert.deepEqual(memory.metadata, { a: 1, b: 1 });
  });

  it('stores nothing when one of them is refused', async () => {
    const memories = Array.from({ length: 1500 }, (_, i) => ({ content: `memory ${i}` }));
    await assert.rejects(test.store.storeMany([...memories, { content: ' ' }]), refusal('invalid-input'));
    assert.equal(await test.store.count({}), 0);
  });

  it('takes none at all', async () => {
    assert.deepEqual(await test.store.storeMany([]), []);
  });

  it('takes more than a transaction holds, and merges doubles across transactions', async () => {
    const memories = Array.from({ length: 2300 }, (_, i) => ({
      content: `memory ${i}`,
      tags: [`t${i % 7}`],
    }));
    const results = await test.store.storeMany([...memories, { content: 'MEMORY 0', tags: ['last'] }]);
    assert.equal(results.length, 2301);
    assert.deepEqual(results.at(-1), { contentHash: contentHashOf('memory 0'), outcome: 'merged' });
    assert.equal(await test.store.count({}), 2300);
    assert.deepEqual((await test.get(contentHashOf('memory 0'))).tags, ['t0', 'last']);
    assert.deepEqual((await test.store.verify()).problems, []);
  });

  it('takes many megabytes', async () => {
    const memories = Array.from({ length: 12 }, (_, i) => ({ content: `${i} ${'ä"\n'.repeat(150_000)}` }));
    await test.store.storeMany(memories);
    const read = await test.store.get(memories.map(({ content }) => contentHashOf(content)));
    assert.deepEqual(
      read.map(({ content }) => content.length),
      memories.map(({ content }) => content.length),
    );
    assert.ok(read.every(({ content }, i) => content === memories[i]?.content));
  });

  describe('is cut into transactions', () => {
    const prepared = (count: number, memory: (i: number) => { content: string; tags?: string[] }) =>
      Array.from({ length: count }, (_, i) => prepare(memory(i), 0, 1_048_576));
    const sizes = (groups: readonly (readonly unknown[])[]) => groups.map((group) => group.length);

    it('of at most 1,000 memories', () => {
      const groups = groupForStore(prepared(2500, (i) => ({ content: `${i}` })));
      assert.deepEqual(sizes(groups), [1000, 1000, 500]);
    });

    it('whose JSON stays below the 2,000,000 bytes that D1 takes as one value, in the order of the input', () => {
      const memories = prepared(40, (i) => ({ content: `${i}${'"é'.repeat(50_000)}` }));
      const groups = groupForStore(memories);
      assert.deepEqual(groups.flat(), memories);
      // Each is about 200 kB, for the quotes are escaped.
      assert.deepEqual(sizes(groups), [9, 9, 9, 9, 4]);
    });

    it('that count the tags, which are sent again with the hash of their memory', () => {
      const tags = (i: number) => Array.from({ length: 100 }, (_, t) => `${'t'.repeat(90)} ${i} ${t}`);
      for (const group of groupForStore(prepared(400, (i) => ({ content: `${i}`, tags: tags(i) }))))
        assert.ok(
          JSON.stringify(group.flatMap(({ contentHash, tags }) => tags.map((tag) => [contentHash, tag])))
            .length < 2_000_000,
        );
    });

    it('one alone where it fills nearly all of that', () => {
      const groups = groupForStore(prepared(3, (i) => ({ content: `${i}${'\u0001'.repeat(300_000)}` })));
      assert.deepEqual(sizes(groups), [1, 1, 1]);
    });
  });
});
