import assert from 'node:assert/strict';
import type { MemoryFilter, NewMemory, SearchMode } from '../../../../src/memory/memory.ts';
import { useStore } from '../../support/testStore.ts';

const MODES: readonly SearchMode[] = ['hybrid', 'keyword', 'meaning', 'exact'];
const COUNT = 5000;
/** Ten of the memories, spread over all of them. */
const chosen = (i: number): boolean => i % 500 === 250;

/** All match the question; the ten that the filters leave match it least. */
const memory = (i: number): NewMemory =>
  chosen(i)
    ? {
        content: `On item ${i} there was much talk of many other things, and in passing also about a deployment`,
        tags: ['rare', 'wanted', ...(i < 1000 ? ['first'] : [])],
        project: 'Wanted',
        memoryType: 'decision',
        createdAt: 1_000_000 + i,
        pinned: true,
      }
    : { content: `deployment ${i} deployment`, tags: ['common', i % 2 ? 'wanted' : 'rare'], createdAt: i };

describe('a search with a filter among 5,000 memories', function () {
  this.timeout(60_000);
  const test = useStore({ shared: true });
  const found = async (query: string, mode: SearchMode, filter: MemoryFilter, limit = 50) => {
    const { hits } = await test.store.search({ query, mode, filter, limit });
    return hits.map(({ memory }) => Number(/\d+/.exec(memory.content)?.[0])).sort((a, b) => a - b);
  };
  const ten = Array.from({ length: COUNT }, (_, i) => i).filter(chosen);

  before(async () => {
    await test.store.storeMany(Array.from({ length: COUNT }, (_, i) => memory(i)));
    await test.store.embedPending();
  });

  const filters: Record<string, MemoryFilter> = {
    'all of two tags': { tags: ['rare', 'WANTED'], tagMatch: 'all' },
    'any of its tags and a time': { tags: ['rare', 'wanted'], time: { from: 1_000_000 } },
    'a type': { memoryType: 'decision' },
    'a project': { project: 'wanted' },
    'a time': { time: { from: 1_000_000, to: 2_000_000 } },
    'a pin': { pinned: true },
  };
  for (const [name, filter] of Object.entries(filters))
    it(`by ${name} gives all ten that pass it, in every mode`, async () => {
      for (const mode of MODES) {
        assert.deepEqual(await found('deployment', mode, filter), ten, mode);
        assert.deepEqual(await found('deployment', mode, filter, 10), ten, mode);
      }
    });

  it('gives none that it leaves out, in any mode', async () => {
    for (const mode of MODES) {
      assert.deepEqual(await found('deployment', mode, { tags: ['nothing'] }), []);
      assert.deepEqual(await found('deployment', mode, { tags: ['first'], pinned: false }), []);
    }
  });

  it('leaves its candidates in place where it lets thousands through', async () => {
    for (const mode of MODES) {
      const all = await found('deployment', mode, { tags: ['common'] }, 1000);
      assert.equal(all.length, 1000, mode);
      assert.ok(all.every((i) => !chosen(i)));
    }
  });

  it('gives all ten by a frequent word when a rarer one of the question has none', async () => {
    for (let i = 0; i < 20; i++) await test.store.store({ content: `zebra ${i}`, createdAt: 5 });
    for (const mode of ['keyword', 'hybrid'] as const)
      assert.deepEqual(await found('zebra deployment', mode, { memoryType: 'decision' }), ten, mode);
  });

  it('gives the ten for Chinese words and for signs too', async () => {
    const texts = ten.map((i) => ({ content: `第${i}次数据库迁移 🎉`, tags: ['han'] }));
    await test.store.storeMany([
      ...texts,
      ...Array.from({ length: 200 }, (_, i) => ({ content: `数据库 ${i + 7000} 🎉` })),
    ]);
    for (const query of ['数据', '库', '🎉', '数据库'])
      for (const mode of ['keyword', 'hybrid', 'exact'] as const)
        assert.deepEqual(await found(query, mode, { tags: ['han'] }), ten, `${mode} ${query}`);
  });
});
