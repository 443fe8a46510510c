import assert from 'node:assert/strict';
import type { TagBranch, TagTreeQuery } from '../../../src/memory/memory.ts';
import { isBelow, tagPath } from '../../../src/memory/tagTree.ts';
import { refusal, useStore } from '../support/testStore.ts';

describe('the tree of tags', () => {
  const test = useStore();
  const level = async (query?: TagTreeQuery) =>
    (await test.store.tagTree(query)).items.map(
      ({ name, count, own, below }) => `${name} ${count} (${own} own, ${below} below)`,
    );

  beforeEach(async () => {
    await test.store.storeMany([
      { content: '1', tags: ['area:api:v1', 'area:api:v2', 'area'], project: 'one' },
      { content: '2', tags: ['area:api'], project: 'two' },
      { content: '3', tags: ['area:web', 'plain'], project: 'two' },
      { content: '4', tags: ['plain'], memoryType: 'note' },
      { content: '5', tags: ['area:api', 'area:gone'] },
    ]);
    const [gone] = (await test.store.list({ filter: { tags: ['area:gone'] } })).items;
    await test.store.delete([gone?.contentHash ?? '']);
  });

  it('counts a memory once at each level, deleted ones and projects never', async () => {
    assert.deepEqual(await level(), ['area 3 (1 own, 4 below)', 'plain 2 (2 own, 0 below)']);
    assert.deepEqual(await level({ parent: 'area' }), [
      'area:api 2 (1 own, 2 below)',
      'area:web 1 (1 own, 0 below)',
    ]);
    assert.deepEqual(await level({ parent: 'area:api' }), [
      'area:api:v1 1 (1 own, 0 below)',
      'area:api:v2 1 (1 own, 0 below)',
    ]);
    assert.deepEqual(await level({ parent: 'are' }), []);
  });

  it('comes by name, and within a filter', async () => {
    await test.store.store({ content: '6', tags: ['aaa'] });
    assert.deepEqual(
      (await test.store.tagTree({ order: 'name' })).items.map(({ name }) => name),
      ['aaa', 'area', 'plain'],
    );
    const filter = { project: 'two' };
    assert.deepEqual(await level({ filter }), ['area 2 (0 own, 2 below)', 'plain 1 (1 own, 0 below)']);
    assert.deepEqual(await level({ filter, parent: 'area' }), [
      'area:api 1 (1 own, 0 below)',
      'area:web 1 (1 own, 0 below)',
    ]);
  });

  it('says how many there are at most where a level is too large to count each memory once', async () => {
    const tags = Array.from({ length: 60 }, (_, i) => `huge:${i}`);
    await test.store.storeMany(
      Array.from({ length: 900 }, (_, i) => ({
        content: `h${i}`,
        tags: [...tags, ...(i < 9 ? ['small:a', 'small:b'] : [])],
      })),
    );
    const { items } = await test.store.tagTree();
    const counts = items.map(({ name, count, atMost }) => [name, atMost, count]);
    assert.deepEqual(counts[0], ['huge', true, 905]);
    assert.deepEqual(counts[1], ['small', true, 18]);
    assert.deepEqual(
      counts.find(([name]) => name === 'plain'),
      ['plain', false, 2],
    );
    const [below] = (await test.store.tagTree({ parent: 'huge' })).items;
    assert.deepEqual([below?.count, below?.atMost], [900, false]);
    const within = (await test.store.tagTree({ filter: { tags: ['small:a'] } })).items;
    assert.deepEqual(
      within.map(({ name, count, atMost }) => [name, count, atMost]),
      [
        ['huge', 9, false],
        ['small', 9, false],
      ],
    );
  });

  it('comes in pages, each name once', async () => {
    await test.store.storeMany(
      Array.from({ length: 30 }, (_, i) => ({ content: `m${i}`, tags: [`n:${i % 12}`, `k:${i % 7}:x`] })),
    );
    for (const order of ['count', 'name'] as const)
      for (const parent of [undefined, 'n', 'k']) {
        const whole = (await test.store.tagTree({ order, parent, limit: 1000 })).items;
        const paged: TagBranch[] = [];
        for (let after: string | undefined; ;) {
          const page = await test.store.tagTree({ order, parent, limit: 5, after });
          paged.push(...page.items);
          if (page.next === undefined) break;
          after = page.next;
        }
        assert.deepEqual(paged, whole);
      }
  });

  it('parts only where something stands on both sides of the colon', async () => {
    await test.store.store({ content: 'odd', tags: [':lead', 'trail:', 'http://x', 'a::b', '50%:_:x'] });
    const names = (await test.store.tagTree({ limit: 1000, order: 'name' })).items.map(({ name }) => name);
    assert.deepEqual(names, ['50%', ':lead', 'a', 'area', 'http', 'plain', 'trail:']);
    assert.deepEqual(await level({ parent: 'a' }), ['a::b 1 (1 own, 0 below)']);
    assert.deepEqual(await level({ parent: '50%:_' }), ['50%:_:x 1 (1 own, 0 below)']);
  });

  it('is refused for impossible pages', async () => {
    await assert.rejects(test.store.tagTree({ limit: 0 }), refusal('invalid-input'));
    await assert.rejects(test.store.tagTree({ after: 'x' }), refusal('invalid-input'));
  });
});

describe('the path to a tag', () => {
  it('names every level, as the tree has them', () => {
    const paths = {
      plain: ['plain'],
      'a:b:c': ['a', 'a:b', 'a:b:c'],
      ':lead': [':lead'],
      'trail:': ['trail:'],
      'a::b': ['a', 'a::b'],
    };
    for (const [tag, path] of Object.entries(paths)) assert.deepEqual(tagPath(tag), path);
  });

  it('tells what lies below', () => {
    assert.ok(isBelow('a:b', 'a'));
    assert.ok(!isBelow('ab', 'a'));
    assert.ok(!isBelow('a', 'a'));
  });
});
