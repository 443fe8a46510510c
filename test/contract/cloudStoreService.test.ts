import assert from 'node:assert/strict';
import { D1Database } from '../../src/cloudflare/d1.ts';
import { removeOurTables } from '../../src/cloudflare/cloudSchema.ts';
import { type CloudFixture, foundIn, longText, storedIn, useCloud } from './cloudStoreFixture.ts';
import { get } from './emulatorRequests.ts';
import { McpMemoryService } from './mcpMemoryService.ts';

const contentsOf = (memories: readonly { content: string }[]): string[] =>
  memories.map(({ content }) => content).sort();

const serviceState = async (cloud: CloudFixture): Promise<unknown> => ({
  schema: await cloud.sql(
    `SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY type, name`,
  ),
  memories: await cloud.sql('SELECT * FROM memories ORDER BY id'),
  tags: await cloud.sql('SELECT * FROM tags ORDER BY id'),
  memoryTags: await cloud.sql('SELECT * FROM memory_tags ORDER BY memory_id, tag_id'),
  vectors: await cloud.vectorIds(),
  objects: await cloud.objectKeys(),
});

describe('what the cloud store wrote, read by mcp-memory-service', () => {
  const cloud = useCloud();

  it('is each memory once, with its tags: chunked, in R2, revived, with 100 tags, of an unusual type', async () => {
    const store = await cloud.open();
    await cloud.service.initialize();
    const chunked = longText(9000, { start: 'Glaciers melt in the Alps', middle: 'lava', end: 'symphony' });
    const large = longText(1_100_000, { start: 'Penguins breed in Antarctica', end: 'done' });
    const hundred = Array.from({ length: 100 }, (_, i) => `tag-${i}`);
    const written = [
      { content: chunked, tags: ['long'] },
      { content: large, tags: ['large'] },
      { content: 'Revived text about sailing boats', tags: ['new'], metadata: { own: { deep: 1 } } },
      { content: 'A bridge with a hundred tags', tags: hundred },
      { content: 'Ein Satz mit Umlauten über Brücken 🎉', tags: ['größe'], memoryType: 'odd/type 1' },
    ];
    const { contentHash } = await store.store({ content: 'revived TEXT about sailing boats', tags: ['old'] });
    await store.delete([contentHash]);
    await store.storeMany(written);
    await store.store({ content: 'written twice, once only there' });
    await store.store({ content: 'written twice, once only there' });

    const { service } = cloud;
    const listed = await service.list(100);
    assert.equal(listed.length, 6);
    for (const { content, tags } of written) {
      const memory = listed.find((each) => each.contentHash === McpMemoryService.hash(content));
      assert.ok(memory?.content === content, content.slice(0, 30));
      assert.deepEqual([...memory.tags].sort(), [...tags].sort());
    }
    assert.deepEqual(listed.find((each) => each.contentHash === contentHash)?.metadata, { own: { deep: 1 } });
    assert.equal((await service.searchByTags(hundred.slice(0, 50), 'all')).length, 1);
    assert.equal((await service.searchByTags(['old'])).length, 0);
    assert.equal((await service.tagCounts())['tag-7'], 1);
    assert.equal((await service.searchByText('hundred tags')).length, 1);
    for (const query of [
      'glaciers melt in the Alps',
      'penguins breed',
      'sailing boats',
      'bridge with tags',
    ]) {
      const found = await service.retrieve(query, 20);
      assert.equal(new Set(found.map((each) => each.contentHash)).size, found.length, `${query}: no doubles`);
    }
    assert.ok((await service.retrieve('penguins breed in Antarctica', 1))[0]?.content === large);
    const rows = await cloud.sql(
      'SELECT content_hash FROM memories WHERE vector_id IS NOT content_hash OR tags IS NULL OR updated_at_iso IS NULL',
    );
    assert.deepEqual(rows, []);
  });

  it('has its vector, and keeps it from no other, however long its tags are', async () => {
    const store = await cloud.open();
    await cloud.service.initialize();
    const tags = Array.from({ length: 100 }, (_, i) => `${i}${'長"'.repeat(49)}`.slice(0, 100));
    const written = [{ content: 'herons fish at dawn', tags }, { content: 'storks nest on chimneys' }];
    await store.storeMany(written);
    assert.equal((await store.stats()).embedding.pending, 0);
    assert.equal((await cloud.vectorIds()).length, 2);
    const [found] = await cloud.service.retrieve('herons fish at dawn', 1);
    assert.deepEqual([...(found?.tags ?? [])].sort(), tags.toSorted());
  });

  it('edited and deleted is gone for it too', async () => {
    const store = await cloud.open();
    const { service } = cloud;
    const { contentHash } = await store.store({ content: 'the old wording about herons', tags: ['t'] });
    const edited = await store.update(contentHash, { content: 'a new phrasing on storks', addTags: ['u'] });
    const other = await storedIn(store, { content: 'to be deleted about herons' });
    await store.delete([other.contentHash]);
    assert.deepEqual(contentsOf(await service.list(10)), ['a new phrasing on storks']);
    assert.deepEqual(contentsOf(await service.retrieve('herons', 10)), ['a new phrasing on storks']);
    assert.deepEqual((await service.searchByTags(['t', 'u'], 'all'))[0]?.contentHash, edited.contentHash);
  });

  it('can be changed, deleted and stored again by it', async () => {
    const store = await cloud.open({ config: { largeContentBytes: 2000 } });
    const { service } = cloud;
    const long = longText(9000, { start: 'Otters swim in the river', end: 'over' });
    const [pinned, large] = [
      await storedIn(store, {
        content: 'the badger sleeps',
        tags: ['a'],
        pinned: true,
        project: 'p',
        source: { client: 'test' },
        metadata: { own: 1 },
      }),
      await storedIn(store, { content: long, tags: ['l'] }),
    ];
    await service.updateMetadata(pinned.contentHash, { quality: 0.5 });
    await service.updateTags(pinned.contentHash, ['b', 'c']);
    const [changed] = await store.get([pinned.contentHash]);
    assert.deepEqual([changed?.tags, changed?.metadata], [['b', 'c'], { quality: 0.5 }]);
    assert.deepEqual([changed?.pinned, changed?.source], [true, { client: 'test' }]);
    assert.equal(await store.count({ tags: ['c'] }), 1);
    assert.equal(await store.count({ tags: ['a'] }), 0);

    await service.delete(pinned.contentHash);
    await service.delete(large.contentHash);
    assert.equal(await store.count({}), 0);
    for (const mode of ['keyword', 'meaning', 'hybrid'] as const)
      for (const query of ['badger sleeps', 'otters swim in the river'])
        assert.deepEqual(await foundIn(store, { query, mode }), [], `${mode} ${query}`);

    // It replaces the deleted row by one with another id.
    await service.store({ content: 'The badger sleeps', tags: ['again'] });
    const [back] = await store.get([pinned.contentHash]);
    assert.deepEqual(
      [back?.content, back?.tags, back?.deletedAt],
      ['The badger sleeps', ['again'], undefined],
    );
    for (const mode of ['keyword', 'meaning', 'hybrid'] as const)
      assert.deepEqual(await foundIn(store, { query: 'badger sleeps', mode }), ['The badger sleeps'], mode);
    // Its deletions leave the tags behind.
    assert.deepEqual(
      (await store.verify()).problems.map(({ kind }) => kind),
      ['orphan-tag'],
    );
  });
});

describe('what mcp-memory-service wrote, in the cloud store', () => {
  const cloud = useCloud();

  it('is all there after connecting: tags, types, times, metadata, large content', async () => {
    const { service } = cloud;
    await service.initialize();
    const large = longText(1_100_000, { start: 'Penguins breed in Antarctica', end: 'done' });
    await service.store({
      content: 'Sessions are kept in Postgres',
      tags: ['db', 'decision'],
      memoryType: 'decision',
      metadata: { _q: 'packed', source: 'meeting' },
      createdAt: 1_700_000_000.5,
    });
    await service.store({ content: large, tags: ['large'] });
    await service.store({ content: 'no tags at all', tags: [] });
    const gone = await service.store({ content: 'deleted before', tags: ['x'] });
    await service.delete(gone);

    const store = await cloud.open();
    assert.equal(await store.fillFullText(), 0);
    assert.equal(await store.count({}), 3);
    const [memory] = await store.get([McpMemoryService.hash('Sessions are kept in Postgres')]);
    assert.deepEqual(
      [memory?.tags, memory?.memoryType, memory?.createdAt, memory?.metadata],
      [['db', 'decision'], 'decision', 1_700_000_000.5, { _q: 'packed', source: 'meeting' }],
    );
    assert.ok((await store.get([McpMemoryService.hash(large)]))[0]?.content === large);
    for (const mode of ['keyword', 'meaning', 'hybrid'] as const)
      assert.equal(
        (await foundIn(store, { query: 'sessions Postgres', mode }))[0],
        'Sessions are kept in Postgres',
        mode,
      );
    assert.equal(
      (await foundIn(store, { query: 'penguins breed in Antarctica', mode: 'meaning' })).length,
      1,
    );
    for (let left = Infinity; left > 0;) left = await store.copyVectors();
    for (const query of ['penguins breed in Antarctica', 'Antarctica'])
      assert.equal((await foundIn(store, { query, mode: 'keyword' })).length, 1, query);
    assert.deepEqual(await foundIn(store, { query: 'R2 Content', mode: 'keyword' }), []);
    const [shown] = (await store.list({ filter: { tags: ['large'] }, contentLimit: 100 })).items;
    assert.match(shown?.content ?? '', /^Penguins breed/);
    assert.equal((await store.store({ content: 'deleted before' })).outcome, 'revived');
    await store.update(memory?.contentHash ?? '', { metadata: { added: true } });
    const [again] = await service.searchByTags(['decision']);
    assert.deepEqual(again?.metadata, { _q: 'packed', source: 'meeting', added: true });
  });

  it('written while both are connected is found at once, and no statement of it fails by our triggers', async () => {
    const store = await cloud.open();
    const { service } = cloud;
    await service.initialize();
    const hash = await service.store({ content: 'a fresh note on kingfishers', tags: ['bird'] });
    assert.deepEqual(await foundIn(store, { query: 'kingfishers' }), ['a fresh note on kingfishers']);
    for (let i = 0; i < 3; i++) await service.retrieve('kingfishers', 5);
    await service.updateTags(hash, ['bird', 'river']);
    await service.updateMetadata(hash, { rated: true });
    await service.delete(hash);
    await service.store({ content: 'a fresh note on kingfishers', tags: ['once more'] });
    await service.initialize();
    const [memory] = await store.get([hash]);
    assert.deepEqual(memory?.tags, ['once more']);
    assert.deepEqual(await foundIn(store, { query: 'kingfishers', mode: 'keyword' }), [
      'a fresh note on kingfishers',
    ]);
  });

  it('is not called broken, and is not paid for again, where only its copy beside the record is missing', async () => {
    const { service } = cloud;
    await service.initialize();
    for (let i = 0; i < 25; i++) await service.store({ content: `remark ${i} of the harbour`, tags: ['h'] });
    const store = await cloud.open({ now: () => Date.now() + 600_000 });
    await store.fillFullText();
    assert.deepEqual((await store.verify()).problems, []);
    const { entries } = await cloud.emulator.log.during(() => store.repair());
    const embedded = entries.filter(({ path }) => path.includes('/ai/run/'));
    assert.ok(embedded.length <= 1, `${embedded.length} requests to Workers AI`);
    assert.equal((await store.stats()).embedding.embedded, 25);
    await cloud.sql(`DELETE FROM em_vectors`);
    const hash = McpMemoryService.hash('remark 3 of the harbour');
    await get(cloud.emulator, 'POST', `${cloud.resources.index}/delete_by_ids`, { ids: [hash] });
    assert.deepEqual((await store.verify()).problems, [
      { kind: 'missing-vector', count: 1, examples: [hash] },
    ]);
    assert.deepEqual((await store.repair()).problems, []);
    assert.equal((await store.stats()).embedding.embedded, 25);
  });

  it('keeps out of our copies what is of another model, and what is no more than just written is copied later', async () => {
    const { service } = cloud;
    await service.initialize();
    const other = await service.store({ content: 'a remark on the pier', tags: [] });
    const values = Array.from({ length: 768 }, (_, i) => Math.sin(i));
    await cloud.upsert(cloud.resources.index, JSON.stringify({ id: other, values }));
    const store = await cloud.open();
    assert.equal(await store.copyVectors(), 0);
    assert.equal((await store.stats()).embedding.embedded, 0);
    assert.ok(cloud.log.some((line) => /not of @cf\/baai\/bge-base-en-v1.5:mean/.test(line)));

    await service.store({ content: 'visible already', tags: [] });
    cloud.emulator.settings.visibilityDelayMs = 120_000;
    await service.store({ content: 'written a moment ago', tags: [] });
    assert.equal(await store.copyVectors(), 0);
    const { entries } = await cloud.emulator.log.during(() => store.copyVectors());
    assert.deepEqual(
      entries.map(({ path }) => path.split('/').at(-1)),
      ['query', 'get_by_ids'],
    );
    assert.equal((await store.stats()).embedding.embedded, 1);
    cloud.emulator.settings.visibilityDelayMs = 0;
  });

  it('is as it was once our tables are removed', async () => {
    const { service } = cloud;
    await service.initialize();
    await service.store({ content: 'one of the service', tags: ['a', 'b'], metadata: { k: 1 } });
    await service.delete(await service.store({ content: 'deleted by the service', tags: ['c'] }));
    const before = await serviceState(cloud);
    const store = await cloud.open();
    await store.fillFullText();
    await store.search({ query: 'one of the service' });
    await store.list({});
    const place = { client: cloud.clientWith(), account: cloud.emulator.accountId };
    const sql = new D1Database({ ...place, database: cloud.resources.database.split('/').at(-1) ?? '' });
    await removeOurTables(sql);
    assert.deepEqual(await serviceState(cloud), before);
    await removeOurTables(sql);
    assert.deepEqual(await serviceState(cloud), before, 'once more, as after a lost answer');

    const again = await cloud.open();
    const [one = '', other = ''] = await Promise.all(
      ['one', 'another'].map(async (content) => (await again.store({ content })).contentHash),
    );
    await again.link({ source: one, target: other });
    await removeOurTables(sql);
    assert.equal((await cloud.sql('SELECT * FROM memory_graph')).length, 1, 'what is linked stays so');
  });
});

describe('a database of an older mcp-memory-service', () => {
  const cloud = useCloud();

  const makeOld = async (): Promise<{ index: string }> => {
    await cloud.sql(`CREATE TABLE memories (id INTEGER PRIMARY KEY AUTOINCREMENT, content_hash TEXT UNIQUE NOT NULL,
      content TEXT NOT NULL, memory_type TEXT, created_at REAL NOT NULL, created_at_iso TEXT NOT NULL, updated_at REAL,
      updated_at_iso TEXT, metadata_json TEXT, vector_id TEXT UNIQUE, content_size INTEGER DEFAULT 0, r2_key TEXT)`);
    await cloud.sql('CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL)');
    await cloud.sql(`CREATE TABLE memory_tags (memory_id INTEGER, tag_id INTEGER, PRIMARY KEY (memory_id, tag_id),
      FOREIGN KEY (memory_id) REFERENCES memories(id) ON DELETE CASCADE,
      FOREIGN KEY (tag_id) REFERENCES tags(id) ON DELETE CASCADE)`);
    const insert = `INSERT INTO memories (content_hash, content, created_at, created_at_iso, metadata_json, vector_id)
      VALUES (?, ?, 1600000000, '2020-09-13T12:26:40Z', ?, ?)`;
    await cloud.sql(insert, 'a1b2c3', 'an old note about falcons', '{"tags":"x"}', 'mem_a1b2c3');
    await cloud.sql(insert, McpMemoryService.hash('one about eagles'), 'one about eagles', null, null);
    await cloud.sql(
      insert,
      'not even hexadecimal',
      'an old note about gulls',
      '{broken',
      'not even hexadecimal',
    );
    await cloud.sql(`INSERT INTO tags (name) VALUES ('bird')`);
    await cloud.sql('INSERT INTO memory_tags VALUES (1, 1)');
    return cloud.resources;
  };

  it('is upgraded without harm, read, filled and searched', async () => {
    await makeOld();
    const store = await cloud.open();
    for (let left = Infinity; left > 0;) left = await store.fillFullText();
    const { items } = await store.list({ order: 'oldest' });
    assert.deepEqual(
      items.map(({ content, tags, deletedAt, createdAt }) => [content, tags, deletedAt, createdAt]),
      [
        ['an old note about falcons', ['bird'], undefined, 1_600_000_000],
        ['one about eagles', [], undefined, 1_600_000_000],
        ['an old note about gulls', [], undefined, 1_600_000_000],
      ],
    );
    assert.deepEqual(await foundIn(store, { query: 'falcons', mode: 'keyword' }), [
      'an old note about falcons',
    ]);
    // Its own reader fails on the broken metadata, which an update mends.
    await store.update('not even hexadecimal', { metadata: { mended: true } });
    await cloud.service.initialize();
    assert.equal((await cloud.service.list(10)).length, 3);
  });

  it('may have a hash that is too long for Vectorize, which keeps no other memory from its vector', async () => {
    await makeOld();
    await cloud.sql('UPDATE memories SET content_hash = ?, vector_id = NULL WHERE id = 3', 'gull'.repeat(20));
    const store = await cloud.open();
    await cloud.sql('INSERT INTO em_embed_queue SELECT content_hash, content_size FROM memories');
    assert.equal(await store.embedPending(), 0);
    assert.deepEqual(await cloud.vectorIds(), ['a1b2c3', McpMemoryService.hash('one about eagles')].sort());
    assert.deepEqual(await store.delete(['gull'.repeat(20)]), ['gull'.repeat(20)]);
  });

  it('loses the right vector with a memory: the one of its row', async () => {
    const { index } = await makeOld();
    const vector = { values: Array.from({ length: 768 }, (_, i) => Math.sin(i)) };
    const lines = ['mem_a1b2c3', 'not even hexadecimal']
      .map((id) => JSON.stringify({ id, ...vector }))
      .join('\n');
    await cloud.upsert(index, lines);
    const store = await cloud.open();
    assert.deepEqual(await store.delete(['a1b2c3', 'not even hexadecimal']), [
      'a1b2c3',
      'not even hexadecimal',
    ]);
    assert.deepEqual(await cloud.vectorIds(), []);
  });

  it('gets vectors under the hash for what is stored again or edited, which the service then finds', async () => {
    await makeOld();
    const store = await cloud.open();
    await store.store({ content: 'One about Eagles', tags: ['new'] });
    await store.update('a1b2c3', { content: 'a new note about falcons' });
    assert.deepEqual(
      contentsOf(await cloud.service.retrieve('eagles', 5)).includes('One about Eagles'),
      true,
    );
    assert.equal(
      (await cloud.service.retrieve('new note about falcons', 1))[0]?.content,
      'a new note about falcons',
    );
    assert.equal(await store.count({}), 3);
  });
});
