import assert from 'node:assert/strict';
import { contentHashOf } from '../../src/memory/contentHash.ts';
import { MemoryError } from '../../src/memory/errors.ts';
import type { CloudStore } from '../../src/cloudflare/cloudStore.ts';
import { TABLES } from '../../src/cloudflare/unpreparedDatabase.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { readPermissions } from '../emulator/auth.ts';
import { foundIn, useCloud } from './cloudStoreFixture.ts';

const contentsOf = (memories: readonly Memory[]): string[] => memories.map(({ content }) => content);

describe('a database of mcp-memory-service that was never prepared, under a token that may only read', () => {
  const cloud = useCloud();
  const contents = [
    'Use WAL mode for the SQLite journal',
    'Deploys go out on Tuesdays',
    'The café orders its beans in Lübeck',
  ];
  const hashes = contents.map(contentHashOf);
  let store: CloudStore;

  const openReading = (): Promise<CloudStore> => {
    const { value } = cloud.emulator.tokens.create({ permissions: readPermissions });
    return cloud.open({ client: { token: () => value } });
  };
  const schema = () =>
    cloud.sql(`SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY name`);

  beforeEach(async () => {
    await cloud.service.initialize();
    for (const [i, content] of contents.entries())
      await cloud.service.store({ content, tags: [`tag-${i}`, 'all'] });
    store = await openReading();
  });

  it('is listed, counted, read and gone through by tag and day, and stays as it was', async () => {
    const before = await schema();
    assert.deepEqual(contentsOf((await store.list({ order: 'oldest' })).items), contents);
    assert.equal(await store.count({ tags: ['tag-1'] }), 1);
    assert.deepEqual(contentsOf(await store.get(hashes)), contents);
    assert.deepEqual(await store.resolve(hashes[0]?.slice(0, 12) ?? ''), [hashes[0]]);
    assert.deepEqual((await store.facets('tags')).items.map(({ name, count }) => [name, count]).sort(), [
      ['all', 3],
      ['tag-0', 1],
      ['tag-1', 1],
      ['tag-2', 1],
    ]);
    assert.equal((await store.tagTree()).items.length, 4);
    assert.equal((await store.days()).items.length, 1);
    const { live, pinned, embedding, mode } = await store.stats();
    assert.deepEqual([live, pinned, embedding.pending, mode.keyword], [3, 0, 0, 'plain-scan']);
    assert.equal((await store.overview({})).stats.live, 3);
    assert.deepEqual(await store.related(hashes[0] ?? ''), []);
    assert.deepEqual(await store.history(hashes[0] ?? ''), []);
    assert.deepEqual((await store.verify()).problems, []);
    assert.equal(await store.mayWrite(undefined), false);
    assert.equal(await store.fillFullText(), 0);
    assert.deepEqual(await schema(), before);
  });

  it('is searched by word, by text and by meaning, with and without a filter', async () => {
    const only = (i: number) => [contents[i]];
    assert.deepEqual(await foundIn(store, { query: 'the JOURNAL', mode: 'keyword' }), only(0));
    assert.deepEqual(await foundIn(store, { query: 'café', mode: 'keyword' }), only(2));
    assert.deepEqual(await foundIn(store, { query: 'go out on', mode: 'exact' }), only(1));
    const long = 'Use WAL mode for the SQLite journal, or so they said, in more than fifty bytes of pattern';
    assert.deepEqual(await foundIn(store, { query: long, mode: 'exact' }), []);
    assert.deepEqual(
      await foundIn(store, { query: 'orders', filter: { tags: ['tag-1'] }, mode: 'keyword' }),
      [],
    );
    assert.equal(
      (await foundIn(store, { query: 'Deploys go out on Tuesdays', mode: 'meaning' }))[0],
      contents[1],
    );
    const { hits } = await store.search({ query: 'sqlite journal', filter: { tags: ['all'] } });
    assert.equal(hits[0]?.memory.content, contents[0]);
  });

  it('refuses every change, and says what would let it take them', async () => {
    const refused = (error: unknown): boolean =>
      MemoryError.is(error, 'forbidden') && error.nextStep.includes('D1 Edit');
    await assert.rejects(store.store({ content: 'another one' }), refused);
    await assert.rejects(store.update(hashes[0] ?? '', { tags: ['x'] }), refused);
    await assert.rejects(store.delete(hashes), refused);
    assert.equal(await store.count({}), 3);
  });

  it('may lack columns that newer versions of that service have', async () => {
    await cloud.sql('DROP INDEX IF EXISTS idx_memories_deleted_at');
    for (const column of ['tags', 'deleted_at'])
      await cloud.sql(`ALTER TABLE memories DROP COLUMN ${column}`);
    store = await openReading();
    const { items } = await store.list({ order: 'oldest' });
    assert.deepEqual(contentsOf(items), contents);
    assert.deepEqual(items[1]?.tags, ['tag-1', 'all']);
    assert.deepEqual(await foundIn(store, { query: 'tuesdays', mode: 'keyword' }), [contents[1]]);
  });

  it('is prepared by the first token that may write, and then searched by full text', async () => {
    await cloud.open();
    store = await openReading();
    assert.equal((await store.stats()).mode.keyword, 'full-text');
    for (const [table, columns] of Object.entries(TABLES)) {
      const rows = await cloud.sql('SELECT name FROM pragma_table_info(?)', table);
      assert.equal(rows.map(({ name }) => name).join(', '), columns, table);
    }
  });
});
