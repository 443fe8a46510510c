import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { LocalStore } from '../../../src/local/localStore.ts';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { bagOfWords } from '../support/bagOfWords.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { refusal } from '../support/testStore.ts';

/** All that a person can see of the memories of a store. */
const contentOf = async (store: LocalStore) => {
  const memories = [];
  for (const filter of [{}, { state: 'deleted' }] as const)
    for await (const memory of store.iterate(filter))
      memories.push({
        memory,
        links: await store.related(memory.contentHash),
        history: await store.history(memory.contentHash),
      });
  return { memories, tags: await store.facets('tags'), localProjects: await store.localProjects() };
};

describe('Restoring a backup', () => {
  const folder = temporaryFolder();
  let opened: LocalStore[];
  let store: LocalStore;

  const open = async (options: { fullText?: boolean; space?: string } = {}): Promise<LocalStore> => {
    const { fullText, space } = options;
    const other = await openLocalStore(
      { database: folder('memory.db'), weightsDirectory: '', background: false, fullText },
      bagOfWords(space),
    );
    opened.push(other);
    return other;
  };
  const hits = async (query: string, mode: 'keyword' | 'meaning' | 'exact', from = store) =>
    (await from.search({ query, mode })).hits.map(({ memory }) => memory.contentHash);
  const sql = (file: string, text: string): void => {
    const database = new DatabaseSync(file);
    database.exec(text);
    database.close();
  };

  beforeEach(async () => {
    opened = [];
    store = await open();
  });
  afterEach(async () => {
    for (const each of opened) await each.close();
  });

  it('brings back every memory with all that belongs to it, and nothing that came later', async () => {
    const first = await store.store({
      content: 'Ports of the staging servers',
      tags: ['staging', 'ports'],
      project: 'shop',
      metadata: { reviewed: 3 },
      memoryType: 'reference',
      pinned: true,
      localOnly: true,
      source: { client: 'test', path: 'notes.md', lines: [3, 9] },
    });
    const second = await store.store({ content: 'Newer ports', supersedes: first.contentHash });
    const large = `The beginning of a large text. ${'filler words '.repeat(90_000)} its end`;
    const long = await store.store({ content: large });
    const gone = await store.store({ content: 'deleted before the backup' });
    await store.delete([gone.contentHash]);
    await store.link({ source: first.contentHash, target: second.contentHash, relation: 'follows' });
    await store.keepProjectLocal('shop', true);
    const before = await contentOf(store);
    const { file } = await store.backUp();

    const { contentHash: later } = await store.store({ content: 'after the backup', tags: ['later'] });
    await store.delete([later]);
    await store.link({ source: second.contentHash, target: first.contentHash });
    await store.keepProjectLocal('shop', false);
    await store.keepProjectLocal('other', true);
    await store.update(first.contentHash, { tags: ['changed'], pinned: false });
    await store.purge([gone.contentHash]);
    await store.update(second.contentHash, { content: 'Newest ports' });
    await store.purge(await store.delete([long.contentHash]));
    await store.restoreBackup(file);

    assert.deepEqual(await contentOf(store), before);
    assert.deepEqual((await store.verify()).problems, []);
    assert.deepEqual(await hits('after', 'keyword'), []);
    assert.deepEqual(await hits('staging servers', 'keyword'), [first.contentHash]);
    await store.store({ content: 'goes on' });
    assert.equal(await store.count({}), 4);
  });

  it('leaves what is found by meaning to be found at once', async () => {
    const { contentHash } = await store.store({ content: 'green apples and pears' });
    await store.embedPending();
    const { file } = await store.backUp();
    await store.purge(await store.delete([contentHash]));
    await store.store({ content: 'green cars' });
    await store.embedPending();
    await store.restoreBackup(file);
    assert.equal((await store.stats()).embedding.pending, 0);
    assert.deepEqual(await hits('apples', 'meaning'), [contentHash]);
    assert.deepEqual(await hits('cars', 'meaning'), []);
  });

  it('is seen by those who had the store open: by words, by meaning, and in what they store next', async () => {
    await store.storeMany(Array.from({ length: 20 }, (_, i) => ({ content: `blue houses, number ${i}` })));
    await store.embedPending();
    const { contentHash } = await store.store({ content: 'green apples and pears' });
    await store.embedPending();
    const { file } = await store.backUp();
    const other = await open();
    await store.purge(await store.delete([contentHash]));
    await other.store({ content: 'green cars' });
    await other.embedPending();
    assert.deepEqual(await hits('apples', 'meaning', other), []);
    await store.restoreBackup(file);
    assert.deepEqual(await hits('apples', 'keyword', other), [contentHash]);
    assert.deepEqual(await hits('apples', 'meaning', other), [contentHash]);
    assert.deepEqual(await hits('cars', 'meaning', other), []);
    const next = await other.store({ content: 'red plums' });
    await other.embedPending();
    assert.deepEqual(await hits('plums', 'meaning'), [next.contentHash]);
  });

  it('puts every memory in line again where another model made the backup’s vectors', async () => {
    const { contentHash } = await store.store({ content: 'green apples and pears' });
    await store.embedPending();
    const { file } = await store.backUp();
    const newer = await open({ space: 'the next model' });
    await newer.embedPending();
    await newer.restoreBackup(file);
    assert.deepEqual(await hits('apples', 'meaning', newer), []);
    assert.equal((await newer.stats()).embedding.pending, 1);
    assert.equal(await newer.embedPending(), 0);
    assert.deepEqual(await hits('apples', 'meaning', newer), [contentHash]);
  });

  it('leaves large content findable by its words', async () => {
    const text = `${'filler words '.repeat(500)} needle ${'more filler '.repeat(100_000)}`;
    const { contentHash } = await store.store({ content: text });
    assert.deepEqual(await hits('needle', 'keyword'), [contentHash]);
    const { file } = await store.backUp();
    await store.restoreBackup(file);
    assert.deepEqual(await hits('needle', 'keyword'), [contentHash]);
    assert.deepEqual(await hits('Content', 'keyword'), [], 'not by what stands in its row');
  });

  it('works without full text, and the next process with it finds everything', async () => {
    const { contentHash } = await store.store({ content: 'green apples and pears' });
    const { file } = await store.backUp();
    await store.purge(await store.delete([contentHash]));
    await store.store({ content: 'green cars' });
    const plain = await open({ fullText: false });
    await plain.restoreBackup(file);
    assert.deepEqual(await hits('apples', 'keyword', plain), [contentHash]);
    const next = await open();
    assert.deepEqual(await hits('apples', 'keyword', next), [contentHash]);
    assert.deepEqual(await hits('cars', 'keyword', next), []);
    assert.deepEqual((await next.verify()).problems, []);
  });

  it('keeps what it replaces in a backup of its own', async () => {
    await store.store({ content: 'old' });
    const { file } = await store.backUp();
    const { contentHash } = await store.store({ content: 'new' });
    await store.restoreBackup(file);
    const [saved] = await store.backups();
    assert.ok(saved);
    assert.equal(saved.memories, 2);
    await store.restoreBackup(saved.file);
    assert.equal((await store.get([contentHash])).length, 1);
  });

  it('keeps every other backup, so that one can be tried after the other', async () => {
    const files: string[] = [];
    for (let i = 0; i < 3; i++) {
      await store.store({ content: `memory ${i}` });
      files.push((await store.backUp()).file);
    }
    for (const [i, file] of [...files.entries()].reverse()) {
      await store.restoreBackup(file);
      assert.equal(await store.count({}), i + 1);
    }
    const kept = (await store.backups()).map(({ file }) => file);
    assert.deepEqual(
      files.filter((file) => !kept.includes(file)),
      [],
    );
    assert.equal(kept.length, 6, 'what was there before each restore is kept too');
  });

  it('brings back a backup of a newer version that only added to it', async () => {
    await store.store({ content: 'from the future' });
    const { file } = await store.backUp();
    sql(
      file,
      `ALTER TABLE memories ADD COLUMN mood TEXT; UPDATE em_meta SET value = '9' WHERE key = 'schema_version'`,
    );
    await store.restoreBackup(file);
    assert.equal(await store.count({}), 1);
  });

  describe('that can not be used', () => {
    let file: string;
    let kept: string;

    beforeEach(async () => {
      await store.storeMany(
        Array.from({ length: 400 }, (_, i) => ({ content: `memory ${i} ${'text '.repeat(100)}` })),
      );
      ({ file } = await store.backUp());
      ({ contentHash: kept } = await store.store({ content: 'must stay' }));
    });
    afterEach(async () => {
      assert.equal(await store.count({}), 401);
      assert.equal((await store.get([kept])).length, 1);
      assert.deepEqual((await store.verify()).problems, []);
    });

    const refused = {
      name: 'MemoryError',
      code: 'damaged',
      message: /can not be used/,
      nextStep: /Nothing was changed/,
    };

    it('is refused where its beginning is garbage', async () => {
      writeFileSync(file, 'no database'.repeat(1000));
      await assert.rejects(store.restoreBackup(file), refused);
    });

    it('is refused where its end is missing', async () => {
      truncateSync(file, 100_000);
      await assert.rejects(store.restoreBackup(file), refused);
    });

    it('is refused where its middle was overwritten', async () => {
      const descriptor = openSync(file, 'r+');
      writeSync(descriptor, Buffer.alloc(16_384, 0xab), 0, 16_384, 20 * 4096);
      closeSync(descriptor);
      await assert.rejects(store.restoreBackup(file), refused);
    });

    it('is refused where it is another program’s', async () => {
      sql(folder('other.db'), 'CREATE TABLE memories (id INTEGER)');
      await assert.rejects(store.restoreBackup(folder('other.db')), refused);
    });

    it('is refused where it is the store itself', async () => {
      await assert.rejects(store.restoreBackup(folder('memory.db')), refused);
    });

    it('is refused where it needs a newer version, which it asks for', async () => {
      sql(file, `UPDATE em_meta SET value = '9' WHERE key = 'min_compatible'`);
      await assert.rejects(store.restoreBackup(file), { ...refused, message: /newer Edge Memory.*update/ });
    });

    it('is not found where there is none', async () => {
      await assert.rejects(store.restoreBackup(folder('none.db')), refusal('not-found'));
      assert.ok(!readdirSync(folder()).includes('none.db'));
    });

    it('changes nothing where it fails halfway', async () => {
      // Two rows of one hash: the second one is refused after everything was removed.
      sql(
        file,
        `PRAGMA foreign_keys = OFF; CREATE TABLE copied AS SELECT * FROM memories; DROP TABLE memories;
        ALTER TABLE copied RENAME TO memories; INSERT INTO memories SELECT * FROM memories LIMIT 1`,
      );
      await assert.rejects(store.restoreBackup(file), { name: 'MemoryError', message: /UNIQUE/ });
    });

    it('costs no other backup its place', async () => {
      const others = [(await store.backUp()).file, (await store.backUp()).file];
      truncateSync(file, 100_000);
      for (let attempt = 0; attempt < 3; attempt++) await assert.rejects(store.restoreBackup(file), refused);
      assert.deepEqual((await store.backups()).map((backup) => backup.file).sort(), others.sort());
    });
  });
});
