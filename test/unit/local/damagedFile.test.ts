import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import type { StoreEvent } from '../../../src/memory/memory.ts';
import type { LocalStore } from '../../../src/local/localStore.ts';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { programs } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { type StoreProgram, storeProgram } from './programs/storeProgram.ts';

const PAGE = 4096;

const overwrite = (file: string, page: number, pages = 1): void => {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(pages * PAGE, 0xab), 0, pages * PAGE, page * PAGE);
  closeSync(descriptor);
};

/** The page (from 0) on which a table or index begins. */
const rootPageOf = (file: string, name: string): number => {
  const database = new DatabaseSync(file, { readOnly: true });
  const row = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name);
  database.close();
  return Number(row?.['rootpage']) - 1;
};

describe('A damaged store', () => {
  const folder = temporaryFolder();
  const start = programs();
  const opened = new Set<LocalStore>();
  let file: string;
  let warnings: string[];

  const options = () => ({ database: file, weightsDirectory: '', background: false });
  const open = async (): Promise<LocalStore> => {
    const store = await openLocalStore(options());
    opened.add(store);
    store.onDidChange((event: StoreEvent) => {
      if (event.kind === 'warning') warnings.push(event.message);
    });
    return store;
  };
  const close = async (store: LocalStore) => {
    opened.delete(store);
    await store.close();
  };
  const setAside = (): string[] => {
    const damaged = path.join(path.dirname(file), 'damaged');
    return existsSync(damaged) ? readdirSync(damaged).map((name) => path.join(damaged, name)) : [];
  };

  beforeEach(async () => {
    file = folder('store', 'memory.db');
    warnings = [];
    const store = await open();
    await store.storeMany(
      Array.from({ length: 300 }, (_, i) => ({ content: `memory ${i} ${'text '.repeat(100)}` })),
    );
    await close(store);
  });
  afterEach(async () => {
    for (const store of opened) await close(store);
  });

  /** Opens the store: it is empty and works, and the damaged file lies whole where the warning says. */
  const assertSetAside = async (): Promise<void> => {
    const damaged = readFileSync(file);
    const store = await open();
    assert.equal(await store.count({}), 0);
    await store.store({ content: 'a new beginning' });
    const [place, ...more] = setAside();
    assert.ok(place);
    assert.deepEqual(more, []);
    assert.ok(readFileSync(path.join(place, 'memory.db')).equals(damaged));
    assert.match(warnings.join(), /damaged.*set aside.*Restore from Backup/);
    assert.ok(warnings.join().includes(place));
  };

  it('is set aside where its beginning is garbage', async () => {
    overwrite(file, 0);
    await assertSetAside();
  });

  it('is set aside where its end is missing', async () => {
    truncateSync(file, Math.floor(statSync(file).size / 2));
    await assertSetAside();
  });

  it('is set aside at the next start where damage in the middle was met while it was in use', async () => {
    overwrite(file, rootPageOf(file, 'memories'));
    const store = await open();
    await assert.rejects(store.list({}), {
      name: 'MemoryError',
      code: 'damaged',
      nextStep: /Close every window.*set aside.*Restore from Backup/,
    });
    await close(store);
    await assertSetAside();
  });

  it('is told of to everybody who finds the store empty, until something is stored', async () => {
    overwrite(file, 0);
    const nobodyListens = await openLocalStore(options());
    await nobodyListens.close();
    const [place = ''] = setAside();
    for (let times = 1; times <= 2; times++) {
      warnings = [];
      const store = await open();
      assert.ok(warnings.join().includes(place), 'told');
      if (times === 2) await store.store({ content: 'a new beginning' });
      await close(store);
    }
    warnings = [];
    await open();
    assert.deepEqual(warnings, []);
  });

  it('never overwrites what was set aside before', async () => {
    for (let times = 1; times <= 3; times++) {
      overwrite(file, 0);
      await close(await open());
      assert.equal(setAside().length, times);
    }
    assert.deepEqual(
      setAside().map((place) => readdirSync(place)),
      [['memory.db'], ['memory.db'], ['memory.db']],
    );
  });

  it('stays in use where only the index for words was damaged, which is made anew', async () => {
    const database = new DatabaseSync(file, { defensive: false });
    database.exec(`UPDATE em_words_data SET block = randomblob(50) WHERE id > 10`);
    database.close();
    const store = await open();
    await assert.rejects(store.search({ query: 'memory', mode: 'keyword' }), { code: 'damaged' });
    await close(store);
    const again = await open();
    assert.equal((await again.search({ query: '299', mode: 'keyword' })).hits.length, 1);
    assert.deepEqual(setAside(), []);
    assert.deepEqual((await again.verify()).problems, []);
  });

  it('is left alone while another process has it open; the message asks to close it', async () => {
    const other = start<StoreProgram>(storeProgram, []);
    await other.ask.open(options());
    overwrite(file, 0);
    const damaged = readFileSync(file);
    for (let attempt = 0; attempt < 2; attempt++)
      await assert.rejects(open(), {
        name: 'MemoryError',
        code: 'damaged',
        message: /Another window or terminal still has it open/,
        nextStep: /Close every window/,
      });
    assert.ok(readFileSync(file).equals(damaged));
    assert.deepEqual(setAside(), []);
    await other.kill();
    await assertSetAside();
  });

  it('stays where it is when there is no place to set it aside', async () => {
    overwrite(file, 0);
    const damaged = readFileSync(file);
    writeFileSync(path.join(path.dirname(file), 'damaged'), 'a file where the folder should be');
    await assert.rejects(open(), { name: 'MemoryError', code: 'storage-failed', message: /damaged/ });
    assert.ok(readFileSync(file).equals(damaged));
  });

  it('is left alone while this process has it open a second time', async () => {
    await open();
    overwrite(file, 0);
    await assert.rejects(open(), { code: 'damaged', message: /still has it open/ });
    assert.deepEqual(setAside(), []);
  });

  it('is set aside once where several processes open it at the same time', async () => {
    const starting = Array.from({ length: 4 }, () => start<StoreProgram>(storeProgram, []));
    await Promise.all(starting.map(({ ask }) => ask.events()));
    for (let times = 1; times <= 12; times++) {
      // Where two leave at the same moment the log stays, and its pages would mend the damage.
      rmSync(`${file}-wal`, { force: true });
      overwrite(file, 0);
      await Promise.all(starting.map(({ ask }) => ask.open(options())));
      await Promise.all(starting.map(({ ask }, i) => ask.store({ content: `after the damage ${i}` })));
      assert.equal(await starting[0]?.ask.count({}), 4);
      await Promise.all(starting.map(({ ask }) => ask.close()));
      assert.equal(setAside().length, times);
    }
  });
});
