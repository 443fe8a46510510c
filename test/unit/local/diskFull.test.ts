import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { LocalStore } from '../../../src/local/localStore.ts';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { bagOfWords } from '../support/bagOfWords.ts';
import { smallDisk } from '../support/smallDisk.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';
import { engineOn } from './engineOn.ts';

const MB = 1024 * 1024;
const full = { name: 'MemoryError', code: 'storage-full', nextStep: /Free some space/ };

const contentOf = (i: number): string => `memory ${i}: ${`some text ${i} `.repeat(100)}`;

/** Stores memories one by one until there is no more space; answers the hashes of those that were acknowledged. */
const storeUntilFull = async (store: Pick<LocalStore, 'store'>): Promise<string[]> => {
  const acknowledged: string[] = [];
  await assert.rejects(async () => {
    for (let i = 0; ; i++) {
      const { contentHash } = await store.store({ content: contentOf(i), tags: [`t${i}`], pinned: true });
      acknowledged.push(contentHash);
    }
  }, full);
  return acknowledged;
};

const assertHoldsJust = async (
  store: Pick<LocalStore, 'list' | 'facets' | 'get' | 'verify' | 'stats'>,
  hashes: readonly string[],
): Promise<void> => {
  const { live, tags, pinned } = await store.stats();
  assert.deepEqual([live, tags, pinned], [hashes.length, hashes.length, hashes.length]);
  assert.equal((await store.get(hashes)).length, hashes.length);
  assert.deepEqual((await store.verify()).problems, []);
};

describe('A store that may grow no further', () => {
  const folder = temporaryFolder();

  it('says that storage is full, stores nothing by halves, and goes on when there is space again', async () => {
    const { database, engine, close } = engineOn(folder('memory.db'), bagOfWords());
    const pages = Number(database.get('PRAGMA page_count')?.['page_count']);
    database.exec(`PRAGMA max_page_count = ${pages + 100}`);
    const acknowledged = await storeUntilFull(engine);
    assert.ok(acknowledged.length > 20, `${acknowledged.length} were stored before`);
    await assertHoldsJust(engine, acknowledged);
    const many = Array.from({ length: 200 }, (_, i) => ({ content: contentOf(10_000 + i) }));
    await assert.rejects(engine.storeMany(many), full);
    await assert.rejects(engine.store({ content: 'large '.repeat(MB / 4) }), full);
    await assertHoldsJust(engine, acknowledged);

    database.exec('PRAGMA max_page_count = 1000000');
    assert.equal((await engine.storeMany(many)).length, many.length);
    assert.equal((await engine.stats()).live, acknowledged.length + many.length);
    assert.equal(database.get('PRAGMA integrity_check')?.['integrity_check'], 'ok');
    close();
  });
});

describe('A store on a full disk', () => {
  const disk = smallDisk(16 * MB);
  let store: LocalStore | undefined;

  const open = async (background = false, embedder = bagOfWords()): Promise<LocalStore> =>
    (store = await openLocalStore(
      { database: disk.path('store', 'memory.db'), weightsDirectory: '', background },
      embedder,
    ));
  afterEach(async () => {
    await store?.close();
    store = undefined;
  });

  it('says so, stores nothing by halves, and goes on when there is space again', async () => {
    const opened = await open();
    disk.fill(MB);
    const acknowledged = await storeUntilFull(opened);
    assert.ok(acknowledged.length > 5, `${acknowledged.length} were stored before`);
    await assertHoldsJust(opened, acknowledged);
    assert.equal((await opened.search({ query: 'memory', mode: 'keyword', limit: 5 })).hits.length, 5);
    disk.free();
    const { contentHash } = await opened.store({ content: contentOf(-1), tags: ['more'], pinned: true });
    await assertHoldsJust(opened, [...acknowledged, contentHash]);
  });

  it('keeps what was acknowledged when its process ends while the disk is full', async () => {
    const first = await open();
    disk.fill(MB);
    const acknowledged = await storeUntilFull(first);
    await first.close();
    await assertHoldsJust(await open(), acknowledged);
  });

  it('is not made by halves where there is no space for a new one', async () => {
    for (let leave = 0; leave < 160_000; leave += 10_000) {
      disk.fill(leave);
      await assert.rejects(open(), full, `${leave} bytes left`);
      disk.free();
    }
    await (await open()).store({ content: contentOf(1) });
  });

  it('leaves no part of a backup behind, and is unharmed', async () => {
    const opened = await open();
    await opened.storeMany(Array.from({ length: 100 }, (_, i) => ({ content: contentOf(i) })));
    disk.fill(60_000);
    await assert.rejects(opened.backUp(), full);
    assert.deepEqual(readdirSync(disk.path('store', 'backups')), []);
    assert.deepEqual(await opened.backups(), []);
    assert.equal(await opened.count({}), 100);
    disk.free();
    assert.equal((await opened.backUp()).memories, 100);
  });

  it('restores all of a backup or nothing', async () => {
    const opened = await open();
    await opened.storeMany(Array.from({ length: 300 }, (_, i) => ({ content: contentOf(i) })));
    const { file, bytes } = await opened.backUp();
    const { contentHash } = await opened.store({ content: 'after the backup' });
    // Too little for the backup of what is there now; enough for it, but not for the restored rows.
    for (const leave of [0, bytes / 2, bytes + 100_000, bytes + 600_000]) {
      disk.fill(leave);
      await assert.rejects(opened.restoreBackup(file), full, `${leave} bytes left`);
      disk.free();
      assert.equal(await opened.count({}), 301);
      assert.equal((await opened.get([contentHash])).length, 1);
      assert.deepEqual((await opened.verify()).problems, []);
    }
  });

  it('warns where its background work finds no space, and goes on with it after the next store', async () => {
    const { promise: space, resolve: go } = Promise.withResolvers<undefined>();
    const words = bagOfWords();
    const opened = await open(true, { ...words, embed: (texts) => space.then(() => words.embed(texts)) });
    const warnings: string[] = [];
    opened.onDidChange((event) => {
      if (event.kind === 'warning') warnings.push(event.message);
    });
    await opened.store({ content: 'waits for its vector' });
    disk.fill();
    go(undefined);
    await until(() => warnings.length > 0);
    assert.match(warnings.join(), /wait for their meaning: The disk is full.*Free some space/);
    disk.free();
    await opened.store({ content: 'another one' });
    await until(async () => (await opened.stats()).embedding.embedded === 2);
  });
});
