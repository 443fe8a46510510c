import assert from 'node:assert/strict';
import type { ListQuery, Memory, MemoryFilter } from '../../../src/memory/memory.ts';
import { refusal, useStore } from '../support/testStore.ts';

const contents = (memories: readonly Memory[]) => memories.map(({ content }) => content);

describe('listing memories', () => {
  const test = useStore();
  const inPages = async (query: ListQuery, between: () => Promise<unknown> = () => Promise.resolve()) => {
    const items: Memory[] = [];
    for (let after: string | undefined; ;) {
      const page = await test.store.list({ ...query, after });
      items.push(...page.items);
      if (page.next === undefined) return contents(items);
      assert.equal(page.items.length, query.limit);
      after = page.next;
      await between();
    }
  };
  /** 0…24, each five created at the same time, an odd one. */
  const numbered = Array.from({ length: 25 }, (_, i) => ({
    content: `${i}`,
    createdAt: 1000.1 + Math.floor(i / 5) / 3,
    tags: i % 2 ? ['odd'] : [],
  }));
  const numbers = numbered.map(({ content }) => content);

  it('gives the newest first, or the oldest', async () => {
    await test.store.storeMany([
      { content: 'middle', createdAt: 20 },
      { content: 'old', createdAt: -5.5 },
      { content: 'new', createdAt: 30 },
    ]);
    assert.deepEqual(contents((await test.store.list({})).items), ['new', 'middle', 'old']);
    assert.deepEqual(contents((await test.store.list({ order: 'oldest' })).items), ['old', 'middle', 'new']);
  });

  it('gives those that came from a file, or the others', async () => {
    await test.store.storeMany([
      { content: 'from a file', source: { client: 'x', path: 'src/a.ts' } },
      { content: 'from a person', source: { client: 'x' } },
      { content: 'from nowhere' },
    ]);
    const found = async (fromFile: boolean) =>
      contents((await test.store.list({ filter: { fromFile } })).items).sort();
    assert.deepEqual(await found(true), ['from a file']);
    assert.deepEqual(await found(false), ['from a person', 'from nowhere'].sort());
  });

  it('gives 50 unless asked otherwise, 1 to 1,000', async () => {
    await test.store.storeMany(Array.from({ length: 60 }, (_, i) => ({ content: `${i}` })));
    assert.equal((await test.store.list({})).items.length, 50);
    assert.equal((await test.store.list({ limit: 1000 })).items.length, 60);
    for (const limit of [0, 1001, -1, 2.5])
      await assert.rejects(test.store.list({ limit }), refusal('invalid-input'));
  });

  it('gives each memory once over pages of any size, also among equal times', async () => {
    await test.store.storeMany(numbered);
    for (const limit of [1, 4, 5, 24, 25]) {
      assert.deepEqual(await inPages({ limit, order: 'oldest' }), numbers);
      assert.deepEqual(await inPages({ limit }), numbers.toReversed());
      assert.deepEqual(
        await inPages({ limit, filter: { tags: ['odd'] } }),
        numbers.filter((n) => Number(n) % 2).toReversed(),
      );
    }
  });

  it('neither repeats nor skips when memories come and go between two pages', async () => {
    await test.store.storeMany(numbered);
    let i = 0;
    const between = async () => {
      // One before the place, one after it, one at the time of the page's end; and what was listed already goes.
      await test.stored({ content: `new ${i}`, createdAt: 5000 + i, tags: ['new'] });
      await test.stored({ content: `middle ${i}`, createdAt: 1000.1, tags: ['new'] });
      await test.store.delete([
        (await test.store.list({ limit: 1, filter: { state: 'live' } })).items[0]?.contentHash ?? '',
      ]);
      i++;
    };
    const seen = await inPages({ limit: 4 }, between);
    assert.deepEqual(
      seen.filter((content) => !content.startsWith('middle')),
      numbers.toReversed(),
    );
    assert.equal(new Set(seen).size, seen.length);
  });

  it('refuses a place that is none', async () => {
    for (const after of ['', 'x', '1', 'a_b', '_', '1_', '_1', '1_2_3', 'Infinity_1'])
      await assert.rejects(test.store.list({ after }), refusal('invalid-input'), after);
  });

  it('goes through all of them, oldest first, over many pages', async () => {
    const memories = Array.from({ length: 1201 }, (_, i) => ({
      content: `${i}`,
      createdAt: i,
      tags: i % 2 ? ['odd'] : [],
    }));
    await test.store.storeMany(memories);
    const seen: string[] = [];
    for await (const { content } of test.store.iterate({})) seen.push(content);
    assert.deepEqual(
      seen,
      memories.map(({ content }) => content),
    );
    let odd = 0;
    for await (const { tags } of test.store.iterate({ tags: ['odd'] })) odd += tags.length;
    assert.equal(odd, 600);
  });

  it('stops going through them with the signal', async () => {
    await test.store.storeMany(Array.from({ length: 600 }, (_, i) => ({ content: `${i}` })));
    const controller = new AbortController();
    const seen: string[] = [];
    await assert.rejects(async () => {
      for await (const { content } of test.store.iterate({}, { signal: controller.signal }))
        if (seen.push(content) === 500) controller.abort();
    }, /abort/i);
    assert.equal(seen.length, 500);
  });

  it('gives deleted memories by the time of their deletion, in pages', async () => {
    const results = await test.store.storeMany(
      ['a', 'b', 'c'].map((content) => ({ content: `gone ${content}` })),
    );
    for (const i of [1, 2, 0]) await test.store.delete([results[i]?.contentHash ?? '']);
    const contents: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await test.store.list({ filter: { state: 'deleted' }, limit: 2, after });
      contents.push(...page.items.map(({ content }) => content));
      if (page.next === undefined) break;
      after = page.next;
    }
    assert.deepEqual(contents, ['gone a', 'gone c', 'gone b']);
  });
});

describe('filtering memories', () => {
  const test = useStore({ shared: true });
  const listed = async (filter: MemoryFilter) => {
    const { items } = await test.store.list({ filter });
    assert.equal(await test.store.count(filter), items.length);
    return contents(items).join('');
  };

  before(async () => {
    await test.store.storeMany([
      { content: 'a', tags: ['x', 'y'], project: 'P', memoryType: 'note', createdAt: 10, pinned: true },
      { content: 'b', tags: ['x'], project: 'q', memoryType: 'note', createdAt: 20 },
      {
        content: 'c',
        tags: ['Y', 'z'],
        memoryType: 'decision',
        createdAt: 30,
        source: { client: 'unpinned' },
      },
      { content: 'd', createdAt: 40, localOnly: true },
      { content: 'e', tags: ['x', 'y'], createdAt: 50 },
    ]);
    const [last] = (await test.store.list({ limit: 1 })).items;
    await test.store.delete([last?.contentHash ?? '']);
  });

  it('takes any of the tags, or all of them', async () => {
    assert.equal(await listed({ tags: ['x', 'z'] }), 'cba');
    assert.equal(await listed({ tags: ['x', 'y'], tagMatch: 'all' }), 'a');
    assert.equal(await listed({ tags: [' X ', 'x'], tagMatch: 'all' }), 'ba');
    assert.equal(await listed({ tags: ['unknown'] }), '');
    assert.equal(await listed({ tags: [] }), 'dcba');
  });

  it('takes a type, a project, a time, a mark', async () => {
    assert.equal(await listed({ memoryType: 'note' }), 'ba');
    assert.equal(await listed({ project: ' p ' }), 'a');
    assert.equal(await listed({ time: { from: 20, to: 40 } }), 'cb');
    assert.equal(await listed({ time: { from: 30 } }), 'dc');
    assert.equal(await listed({ time: { to: 20 } }), 'a');
    assert.equal(await listed({ time: {} }), 'dcba');
    assert.equal(await listed({ pinned: true }), 'a');
    assert.equal(await listed({ pinned: false }), 'dcb');
    assert.equal(await listed({ localOnly: true }), 'd');
    assert.equal(await listed({ localOnly: false }), 'cba');
  });

  it('takes the deleted ones', async () => {
    assert.equal(await listed({ state: 'deleted' }), 'e');
    assert.equal(await listed({ state: 'deleted', tags: ['x'], time: { from: 50 } }), 'e');
    assert.equal(await listed({ state: 'deleted', memoryType: 'note' }), '');
  });

  it('takes all conditions together', async () => {
    assert.equal(await listed({ tags: ['x', 'y'], memoryType: 'note', time: { from: 15 } }), 'b');
    assert.equal(await listed({ tags: ['y'], project: 'q' }), '');
  });

  it('refuses what can not be meant, rather than to answer everything', async () => {
    const wrong: MemoryFilter[] = [
      { tags: [''] },
      { tags: ['x', '  '] },
      { project: ' ' },
      { time: { from: 2, to: 2 } },
      { time: { from: 3, to: 2 } },
      { time: { from: NaN } },
      { tagMatch: 'some' as 'any' },
      { state: 'gone' as 'live' },
    ];
    for (const filter of wrong) {
      await assert.rejects(test.store.list({ filter }), refusal('invalid-input'), JSON.stringify(filter));
      await assert.rejects(test.store.count(filter), refusal('invalid-input'));
      await assert.rejects(test.store.search({ query: 'a', filter }), refusal('invalid-input'));
    }
  });
});
