import assert from 'node:assert/strict';
import { MemoryError, type MemoryErrorCode } from '../../src/memory/errors.ts';
import type { Memory, NewMemory } from '../../src/memory/memory.ts';
import type { MemoryStore } from '../../src/memory/memoryStore.ts';

/** What a store has to do wherever its memories lie; each case begins with an empty one. */
export const storeCases: Readonly<Record<string, (store: MemoryStore) => Promise<void>>> = {
  'stores a memory and reads it back': async (store) => {
    const memory = await stored(store, {
      content: 'The invoices are printed on Mondays 🎉\r\nby "Ann"\t\\',
      tags: ['Office', ' b,c ', 'office'],
      memoryType: 'note',
      metadata: { count: 3, deep: { list: [1, 'two', null] } },
      createdAt: 1_700_000_000.25,
      project: 'Acme',
      pinned: true,
      source: { client: 'test', lines: [1, 3] },
    });
    assert.equal(memory.content, 'The invoices are printed on Mondays 🎉\r\nby "Ann"\t\\');
    assert.deepEqual(memory.tags, ['office', 'b-c', 'proj:acme']);
    assert.deepEqual(memory.metadata, { count: 3, deep: { list: [1, 'two', null] } });
    assert.equal(memory.createdAt, 1_700_000_000.25);
    assert.equal(memory.contentSize, Buffer.byteLength(memory.content));
    assert.deepEqual([memory.pinned, memory.memoryType, memory.deletedAt], [true, 'note', undefined]);
    assert.deepEqual(memory.source, { client: 'test', lines: [1, 3] });
  },

  'merges content that is known, and the newer text wins': async (store) => {
    await stored(store, { content: 'Hello World', tags: ['a'], metadata: { a: 1, b: 1 }, createdAt: 1000 });
    const { outcome, contentHash } = await store.store({
      content: ' hello WORLD',
      tags: ['b'],
      metadata: { b: 2 },
    });
    const memory = await one(store, contentHash);
    assert.equal(outcome, 'merged');
    assert.equal(memory.content, ' hello WORLD');
    assert.deepEqual([memory.tags, memory.metadata], [['a', 'b'], { a: 1, b: 2 }]);
    assert.equal(memory.createdAt, 1000);
    assert.equal(await store.count({}), 1);
  },

  'merges within one batch, and says what became of each': async (store) => {
    await store.store({ content: 'known' });
    const outcomes = await store.storeMany([
      { content: 'new', tags: ['a'] },
      { content: 'KNOWN' },
      { content: 'New', tags: ['b'] },
    ]);
    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['stored', 'merged', 'merged'],
    );
    assert.deepEqual((await one(store, outcomes[0]?.contentHash)).tags, ['a', 'b']);
  },

  'revives deleted content with the new tags only': async (store) => {
    const { contentHash } = await stored(store, {
      content: 'a lighthouse keeper',
      tags: ['old'],
      pinned: true,
      metadata: { old: 1 },
    });
    await store.delete([contentHash]);
    assert.equal((await store.store({ content: 'A lighthouse keeper', tags: ['new'] })).outcome, 'revived');
    const memory = await one(store, contentHash);
    assert.deepEqual([memory.tags, memory.metadata, memory.pinned], [['new'], {}, false]);
    assert.deepEqual((await store.facets('tags')).items, [{ name: 'new', count: 1 }]);
    for (const mode of ['keyword', 'meaning', 'hybrid'] as const)
      assert.equal((await store.search({ query: 'lighthouse keeper', mode })).hits.length, 1, mode);
  },

  'lists the memories of a file, and those that moved there': async (store) => {
    const one = await stored(store, { content: 'one', source: { path: 'src/a.ts', lines: [1, 2] } });
    const two = await stored(store, { content: 'two', source: { path: 'src/b.ts' } });
    await stored(store, { content: 'three', source: { client: 'cli' } });
    await stored(store, { content: 'four' });
    const of = async (sourcePath: string) =>
      (await store.list({ filter: { sourcePath }, order: 'oldest' })).items.map(({ content }) => content);
    assert.deepEqual(await of('src/a.ts'), ['one']);
    await store.update(two.contentHash, { source: { path: 'src/a.ts' } });
    await store.update(one.contentHash, { content: 'one edited' });
    assert.deepEqual((await of('src/a.ts')).sort(), ['one edited', 'two']);
    assert.deepEqual(await of('src/b.ts'), []);
    assert.equal(await store.count({ sourcePath: 'src/a.ts' }), 2);
    const { hits } = await store.search({
      query: 'edited',
      mode: 'keyword',
      filter: { sourcePath: 'src/a.ts' },
    });
    assert.deepEqual(
      hits.map(({ memory }) => memory.content),
      ['one edited'],
    );
  },

  'updates tags, type, metadata, project and marks': async (store) => {
    const { contentHash } = await stored(store, { content: 'x', tags: ['a', 'b'], metadata: { k: 1 } });
    const updated = await store.update(contentHash, {
      addTags: ['c'],
      removeTags: ['a'],
      memoryType: 'decision',
      metadata: { k: null, l: 2 },
      project: 'p',
      pinned: true,
    });
    assert.deepEqual(updated, await one(store, contentHash));
    assert.deepEqual(updated.tags, ['b', 'c', 'proj:p']);
    assert.deepEqual([updated.memoryType, updated.metadata, updated.pinned], ['decision', { l: 2 }, true]);
    assert.deepEqual((await store.update(contentHash, { tags: [], memoryType: null })).tags, []);
  },

  'edits the content: another record takes over, findable at once, the old one is gone': async (store) => {
    const old = await stored(store, {
      content: 'Deploy the portal on Friday',
      tags: ['t'],
      createdAt: 1000,
      pinned: true,
    });
    const other = await stored(store, { content: 'something linked' });
    await store.link({ source: old.contentHash, target: other.contentHash, relation: 'causes' });
    const edited = await store.update(old.contentHash, { content: 'Roll out the gateway on Monday' });
    assert.notEqual(edited.contentHash, old.contentHash);
    assert.deepEqual([edited.tags, edited.createdAt, edited.pinned], [['t'], 1000, true]);
    for (const mode of ['keyword', 'meaning', 'hybrid'] as const) {
      assert.deepEqual(await found(store, 'roll out the gateway', mode), [edited.contentHash], mode);
      assert.ok(!(await found(store, 'deploy the portal', mode)).includes(old.contentHash), mode);
    }
    assert.deepEqual(
      (await store.related(edited.contentHash)).map(({ relation, target }) => [relation, target]),
      [['causes', other.contentHash]],
    );
    assert.deepEqual(
      (await store.history(edited.contentHash)).map(({ reason, replacedBy }) => [reason, replacedBy]),
      [['edited', edited.contentHash]],
    );
  },

  'deletes softly, restores with everything that it had, its vector too': async (store) => {
    const before = await stored(store, { content: 'the heron stands in the pond', tags: ['bird'] });
    const hashes = [before.contentHash];
    assert.deepEqual(await store.delete(['f'.repeat(64), ...hashes]), hashes);
    assert.deepEqual(await store.delete(hashes), []);
    for (const mode of ['keyword', 'meaning', 'hybrid', 'exact'] as const)
      assert.deepEqual(await found(store, 'heron', mode), [], mode);
    assert.deepEqual((await store.facets('tags')).items, []);
    assert.equal((await store.list({ filter: { state: 'deleted' } })).items.length, 1);
    assert.deepEqual(await store.restore(hashes), hashes);
    assert.deepEqual(await store.restore(hashes), []);
    const after = await one(store, before.contentHash);
    assert.deepEqual({ ...after, updatedAt: 0 }, { ...before, updatedAt: 0 });
    for (const mode of ['keyword', 'meaning', 'hybrid', 'exact'] as const)
      assert.deepEqual(await found(store, 'heron pond', mode), mode === 'exact' ? [] : hashes, mode);
  },

  'purges for good what is deleted, and leaves what lives': async (store) => {
    const [gone, kept] = [
      await stored(store, { content: 'gone', tags: ['x'] }),
      await stored(store, { content: 'kept' }),
    ];
    await store.delete([gone.contentHash]);
    assert.deepEqual(await store.purge([gone.contentHash, kept.contentHash]), [gone.contentHash]);
    assert.deepEqual((await store.get([gone.contentHash, kept.contentHash])).length, 1);
    assert.deepEqual(await store.restore([gone.contentHash]), []);
    assert.deepEqual((await store.verify()).problems, []);
    assert.equal((await store.store({ content: 'gone' })).outcome, 'stored');
  },

  'lists in pages, filters by tags, type, project, time and pin': async (store) => {
    await store.storeMany(
      Array.from({ length: 25 }, (_, i) => ({
        content: `entry ${i}`,
        tags: i % 2 ? ['odd'] : ['even', 'shared'],
        memoryType: i % 5 ? 'note' : 'decision',
        createdAt: 1000 + i,
        pinned: i === 7,
        ...(i < 3 && { project: 'p' }),
      })),
    );
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await store.list({ limit: 10, after });
      seen.push(...page.items.map(({ content }) => content));
      if ((after = page.next) === undefined) break;
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 25 }, (_, i) => `entry ${24 - i}`),
    );
    assert.equal(await store.count({ tags: ['odd'] }), 12);
    assert.equal(await store.count({ tags: ['even', 'shared'], tagMatch: 'all' }), 13);
    assert.equal(await store.count({ memoryType: 'decision' }), 5);
    assert.equal(await store.count({ project: 'p' }), 3);
    assert.equal(await store.count({ time: { from: 1010, to: 1020 } }), 10);
    assert.equal(await store.count({ pinned: true }), 1);
    assert.deepEqual((await store.facets('tags')).items[0], { name: 'even', count: 13 });
    assert.deepEqual((await store.facets('projects')).items, [{ name: 'p', count: 3 }]);
    assert.equal((await store.facets('types')).items[0]?.count, 20);
  },

  'counts what it holds': async (store) => {
    await stored(store, { content: 'one', tags: ['a'], createdAt: 1000 });
    const { contentHash } = await stored(store, { content: 'two', tags: ['b'], createdAt: 2000 });
    await store.delete([contentHash]);
    const stats = await store.stats();
    assert.deepEqual(
      [stats.live, stats.deleted, stats.tags, stats.oldest, stats.newest],
      [1, 1, 1, 1000, 1000],
    );
    assert.deepEqual([stats.embedding.embedded, stats.embedding.pending], [1, 0]);
  },

  'links memories and walks the links': async (store) => {
    const [a, b, c] = [
      (await stored(store, { content: 'a' })).contentHash,
      (await stored(store, { content: 'b' })).contentHash,
      (await stored(store, { content: 'c' })).contentHash,
    ];
    await store.link({ source: a, target: b, relation: 'causes', metadata: { why: 'x' } });
    await store.link({ source: b, target: c });
    assert.equal((await store.related(a)).length, 1);
    assert.equal((await store.related(a, 2)).length, 2);
    assert.equal(await store.unlink(a, b), true);
    assert.equal(await store.unlink(a, b), false);
    await refuses(store.link({ source: a, target: 'f'.repeat(64) }), 'not-found');
  },

  'finds Chinese, Japanese and Korean text by its words': async (store) => {
    await store.storeMany([
      { content: '数据库迁移在周五进行', tags: ['数据'] },
      { content: 'リリースは金曜日です' },
      { content: '회의는 월요일에 있습니다' },
      { content: 'The migration runs on Friday' },
    ]);
    for (const [query, content] of [
      ['迁移', '数据库迁移在周五进行'],
      ['库', '数据库迁移在周五进行'],
      ['金曜日', 'リリースは金曜日です'],
      ['월요일', '회의는 월요일에 있습니다'],
    ] as const)
      assert.equal((await store.search({ query })).hits[0]?.memory.content, content, query);
    assert.equal(await store.count({ tags: ['数据'] }), 1);
  },

  'refuses what can not be stored, and changes nothing': async (store) => {
    await refuses(store.store({ content: '  ' }), 'invalid-input');
    await refuses(store.store({ content: 'a\u0000b' }), 'invalid-input');
    await refuses(store.storeMany([{ content: 'good' }, { content: 'half \ud800' }]), 'invalid-input');
    await refuses(store.update('f'.repeat(64), { addTags: ['x'] }), 'not-found');
    await refuses(store.update('f'.repeat(64), { content: 'x' }), 'not-found');
    assert.equal(await store.count({}), 0);
  },

  'ranks what was superseded below, and says by what': async (store) => {
    const old = await stored(store, { content: 'the tunnel opens at eight' });
    const fresh = await stored(store, { content: 'the tunnel opens at nine', supersedes: old.contentHash });
    assert.deepEqual(await found(store, 'tunnel opens', 'hybrid'), [fresh.contentHash, old.contentHash]);
    assert.equal((await one(store, old.contentHash)).supersededBy, fresh.contentHash);
  },

  'nests tags by their colons, and changes those of many memories at once': async (store) => {
    const first = await stored(store, { content: 'one', tags: ['area:api', 'area:web'], project: 'p' });
    const second = await stored(store, { content: 'two', tags: ['area:api'] });
    assert.deepEqual((await store.tagTree()).items, [
      { name: 'area', count: 2, own: 0, below: 2, atMost: false },
    ]);
    const changes = [first, second].map(({ contentHash }) => ({
      contentHash,
      add: ['part:api'],
      remove: ['area:api'],
    }));
    assert.equal((await store.retag(changes)).length, 2);
    assert.deepEqual((await store.tagTree({ order: 'name' })).items, [
      { name: 'area', count: 1, own: 0, below: 1, atMost: false },
      { name: 'part', count: 2, own: 0, below: 1, atMost: false },
    ]);
    assert.deepEqual((await store.tagTree({ parent: 'part', filter: { project: 'p' } })).items, [
      { name: 'part:api', count: 1, own: 1, below: 0, atMost: false },
    ]);
    assert.deepEqual((await one(store, first.contentHash)).tags, ['area:web', 'proj:p', 'part:api']);
  },

  'counts memories by the day': async (store) => {
    const noon = (day: number): number => new Date(2026, 0, day, 12).getTime() / 1000;
    await store.storeMany([5, 5, 3].map((day, i) => ({ content: `${i}`, createdAt: noon(day) + i })));
    const { items } = await store.days();
    assert.deepEqual(
      items.map(({ from, count }) => [new Date(from * 1000).getDate(), count]),
      [
        [5, 2],
        [3, 1],
      ],
    );
  },

  'draws an overview, and tells where memories lie by their meaning': async (store) => {
    const [apple, banana] = await store.storeMany([
      { content: 'apple pie', tags: ['cake'], createdAt: 1_700_000_000, source: { client: 'cli' } },
      { content: 'banana '.repeat(200), memoryType: 'note', createdAt: 1_700_100_000 },
    ]);
    const overview = await store.overview({ utcOffset: 3600, recentSince: 1_700_000_000 });
    assert.deepEqual(overview.stats, await store.stats());
    assert.deepEqual(
      overview.days.map(({ count }) => count),
      [1, 1],
    );
    assert.deepEqual(overview.clients, [{ client: 'cli', count: 1, recent: 1 }]);
    assert.deepEqual(overview.tags, [{ name: 'cake', count: 1 }]);
    const vectors = await store.vectors([apple?.contentHash ?? '', banana?.contentHash ?? '', 'none']);
    assert.deepEqual(
      vectors.map(({ contentHash }) => contentHash).sort(),
      [apple?.contentHash, banana?.contentHash].sort(),
    );
    assert.equal(new Set(vectors.map(({ values }) => values.length)).size, 1);
    assert.ok(vectors.every(({ values }) => values.includes(127) || values.includes(-127)));
  },

  'tells its listeners of changes': async (store) => {
    let changes = 0;
    const end = store.onDidChange(({ kind }) => void (changes += kind === 'changed' ? 1 : 0));
    const { contentHash } = await store.store({ content: 'x' });
    await store.update(contentHash, { addTags: ['t'] });
    await store.delete([contentHash]);
    end();
    await store.restore([contentHash]);
    assert.equal(changes, 3);
  },

  'ends a call that is aborted with its reason, and stores nothing': async (store) => {
    const reason = new Error('not wanted any more');
    const signal = AbortSignal.abort(reason);
    await assert.rejects(store.store({ content: 'x' }, { signal }), reason);
    assert.equal(await store.count({}), 0);
  },
};

const one = async (store: MemoryStore, contentHash = ''): Promise<Memory> => {
  const [memory] = await store.get([contentHash]);
  return memory ?? assert.fail(`there is no memory ${contentHash}`);
};

const stored = async (store: MemoryStore, memory: NewMemory): Promise<Memory> =>
  one(store, (await store.store(memory)).contentHash);

const found = async (
  store: MemoryStore,
  query: string,
  mode: 'keyword' | 'meaning' | 'hybrid' | 'exact',
): Promise<string[]> => {
  const { hits } = await store.search({ query, mode });
  return hits.map(({ memory }) => memory.contentHash);
};

const refuses = (answer: Promise<unknown>, code: MemoryErrorCode): Promise<void> =>
  assert.rejects(answer, (error) => MemoryError.is(error, code));
