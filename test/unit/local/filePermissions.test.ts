import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LocalStore } from '../../../src/local/localStore.ts';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { openStoreFile } from '../../../src/local/storeFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** What its owner, its group and others may do with each file of a folder. */
const modesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder).map((name) => [name, (statSync(path.join(folder, name)).mode & 0o777).toString(8)]),
  );

describe('The rights to the files of a store', () => {
  const folder = temporaryFolder();
  let umask: number;
  let store: LocalStore | undefined;

  before(function () {
    if (process.platform === 'win32') this.skip(); // rights come from the profile folder there
    umask = process.umask(0);
  });
  after(() => process.umask(umask));
  afterEach(async () => {
    await store?.close();
    store = undefined;
  });

  const open = async (): Promise<LocalStore> =>
    (store = await openLocalStore({
      database: folder('home', 'store', 'memory.db'),
      weightsDirectory: '',
      background: false,
    }));

  it('are its owner’s alone, whatever the umask', async () => {
    const { store: save, backUp } = await open().then((opened) => ({
      store: opened.store.bind(opened),
      backUp: opened.backUp.bind(opened),
    }));
    await save({ content: 'private' });
    const { file } = await backUp();
    assert.deepEqual(modesIn(folder('home')), { store: '700' });
    assert.deepEqual(modesIn(folder('home', 'store')), {
      backups: '700',
      'memory.db': '600',
      'memory.db-shm': '600',
      'memory.db-wal': '600',
      'memory.db.lock': '600',
    });
    assert.deepEqual(modesIn(folder('home', 'store', 'backups')), { [path.basename(file)]: '600' });
  });

  it('are taken from everybody else where the file was open to them', async () => {
    await (await open()).close();
    chmodSync(folder('home', 'store', 'memory.db'), 0o666);
    await (await open()).store({ content: 'private' });
    const modes = modesIn(folder('home', 'store'));
    assert.equal(modes['memory.db'], '600');
    assert.equal(modes['memory.db-wal'], '600');
  });

  it('are the same for a damaged file that was set aside', () => {
    mkdirSync(folder('store'), { mode: 0o700 });
    // Was opened once: a file that never was is refused.
    writeFileSync(folder('store', 'memory.db.lock'), '');
    writeFileSync(folder('store', 'memory.db'), 'no database'.repeat(500));
    const { database, lock, setAside } = openStoreFile(folder('store', 'memory.db'));
    database.close();
    lock.close();
    assert.ok(setAside);
    assert.deepEqual(modesIn(folder('store')), {
      damaged: '700',
      'memory.db': '600',
      'memory.db.lock': '600',
    });
    assert.deepEqual(modesIn(path.dirname(setAside)), { [path.basename(setAside)]: '700' });
    assert.deepEqual(modesIn(setAside), { 'memory.db': '600' });
  });
});

describe('A store’s file', () => {
  const folder = temporaryFolder();

  it('keeps a commit through a power failure, and lets readers and one writer not wait for each other', () => {
    const { database, lock } = openStoreFile(folder('memory.db'));
    const pragma = (name: string) => Object.values(database.get(`PRAGMA ${name}`) ?? {})[0];
    assert.equal(pragma('journal_mode'), 'wal');
    assert.equal(pragma('synchronous'), 2, 'FULL');
    assert.equal(pragma('foreign_keys'), 1);
    assert.equal(pragma('busy_timeout'), 5000);
    database.close();
    lock.close();
  });
});
