import assert from 'node:assert/strict';
import { keywordWay, refusal, useStore } from '../support/testStore.ts';

const DAY = 86_400;
/** A midnight, UTC. */
const MONDAY = 1_760_313_600;

describe('the overview', () => {
  const test = useStore();

  it('of an empty store is empty, and says how it is searched', async () => {
    const { stats, days, sizes, clients, tags, types, projects } = await test.store.overview({});
    assert.equal(stats.live, 0);
    assert.equal(stats.mode.keyword, keywordWay);
    assert.deepEqual(
      { days, clients, tags, types, projects },
      {
        days: [],
        clients: [],
        tags: [],
        types: [],
        projects: [],
      },
    );
    assert.ok(sizes.every(({ count }) => count === 0));
  });

  it('holds the stats as they are', async () => {
    await test.store.storeMany([
      { content: 'one', tags: ['red'], pinned: true },
      { content: 'two', project: 'alpha' },
      { content: 'gone' },
    ]);
    const [gone] = (await test.store.list({ limit: 1 })).items;
    await test.store.delete([gone?.contentHash ?? '']);
    const { stats } = await test.store.overview({});
    assert.deepEqual(stats, await test.store.stats());
  });

  it('counts live memories by the day of the person', async () => {
    const at = (seconds: number, content: string) => ({ content, createdAt: MONDAY + seconds });
    await test.store.storeMany([at(0, 'a'), at(DAY - 1, 'b'), at(DAY, 'c'), at(3 * DAY, 'd')]);
    assert.deepEqual((await test.store.overview({})).days, [
      { from: MONDAY, count: 2 },
      { from: MONDAY + DAY, count: 1 },
      { from: MONDAY + 3 * DAY, count: 1 },
    ]);
    assert.deepEqual((await test.store.overview({ utcOffset: 3600 })).days, [
      { from: MONDAY - 3600, count: 1 },
      { from: MONDAY + DAY - 3600, count: 2 },
      { from: MONDAY + 3 * DAY - 3600, count: 1 },
    ]);
    const { items } = await test.store.list({ filter: { time: { from: MONDAY + 3 * DAY } } });
    await test.store.delete(items.map(({ contentHash }) => contentHash));
    assert.equal((await test.store.overview({})).days.length, 2);
  });

  it('counts sizes in classes of bytes', async () => {
    await test.store.storeMany([
      { content: 'x' },
      { content: 'y'.repeat(99) },
      { content: 'z'.repeat(100) },
      { content: 'ü'.repeat(60_000) },
    ]);
    const { sizes } = await test.store.overview({});
    assert.deepEqual(
      sizes.map(({ below, count }) => [below, count]),
      [
        [100, 2],
        [300, 1],
        [1000, 0],
        [3000, 0],
        [10_000, 0],
        [100_000, 0],
        [undefined, 1],
      ],
    );
  });

  it('tells what each face and agent stored, and how much of it lately', async () => {
    const by = (client: string, content: string, createdAt: number) => ({
      content,
      createdAt,
      source: { client },
    });
    await test.store.storeMany([
      by('Claude Code 2.1', 'a', MONDAY),
      by('Claude Code 2.1', 'b', MONDAY + DAY),
      by('cli', 'c', MONDAY),
      { content: 'nobody knows' },
      by('cli', 'deleted', MONDAY + DAY),
    ]);
    const { items } = await test.store.list({});
    await test.store.delete(items.filter(({ content }) => content === 'deleted').map((m) => m.contentHash));
    assert.deepEqual((await test.store.overview({ recentSince: MONDAY + DAY })).clients, [
      { client: 'Claude Code 2.1', count: 2, recent: 1 },
      { client: 'cli', count: 1, recent: 0 },
    ]);
  });

  it('reads past a source that another program broke', async () => {
    await test.store.storeMany([
      { content: 'a', source: { client: 'cli' } },
      { content: 'b', source: { client: 'cli' } },
    ]);
    test.sql(
      `UPDATE em_info SET source_json = '{broken' WHERE content_hash = (SELECT content_hash FROM memories LIMIT 1)`,
    );
    assert.deepEqual((await test.store.overview({})).clients, [{ client: 'cli', count: 1, recent: 0 }]);
  });

  it('names the most used tags, types and projects, 20 at most', async () => {
    await test.store.storeMany(
      Array.from({ length: 30 }, (_, i) => ({
        content: `memory ${i}`,
        tags: ['all', `t${i}`],
        memoryType: i < 10 ? 'decision' : 'note',
        project: `p${i % 2}`,
      })),
    );
    const { tags, types, projects } = await test.store.overview({});
    assert.equal(tags.length, 20);
    assert.deepEqual(tags[0], { name: 'all', count: 30 });
    assert.deepEqual(types, [
      { name: 'note', count: 20 },
      { name: 'decision', count: 10 },
    ]);
    assert.deepEqual(projects, [
      { name: 'p0', count: 15 },
      { name: 'p1', count: 15 },
    ]);
  });

  it('refuses a clock that no place has', async () => {
    await assert.rejects(test.store.overview({ utcOffset: 1e6 }), refusal('invalid-input'));
  });
});

describe('the vectors of memories', () => {
  const test = useStore();

  it('are those of their first chunk, and missing where they still wait', async () => {
    const long = `${'apple pear '.repeat(60)} `;
    const [first, second] = await test.store.storeMany([{ content: 'apple' }, { content: long }]);
    assert.ok(first && second);
    await test.store.embedPending();
    const waiting = await test.store.store({ content: 'banana' });
    const vectors = await test.store.vectors([first.contentHash, second.contentHash, waiting.contentHash]);
    assert.deepEqual(
      vectors.map(({ contentHash, values }) => [contentHash, values.length]).sort(),
      [
        [first.contentHash, 512],
        [second.contentHash, 512],
      ].sort(),
    );
    const apple = vectors.find(({ contentHash }) => contentHash === first.contentHash);
    assert.equal(Math.max(...(apple?.values ?? [])), 127);
  });

  it('are read for 1,000 memories at most', async () => {
    await assert.rejects(test.store.vectors(Array<string>(1001).fill('a')), refusal('invalid-input'));
  });
});
