import assert from 'node:assert/strict';
import { existsSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { StoreEvent } from '../../../src/memory/memory.ts';
import type { LocalStore } from '../../../src/local/localStore.ts';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { bagOfWords } from '../support/bagOfWords.ts';
import { programs } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';
import { type StoreProgram, storeProgram } from './programs/storeProgram.ts';

const HOUR = 3_600_000;

describe('Backups', () => {
  const folder = temporaryFolder();
  const start = programs();
  const opened = new Set<LocalStore>();
  let database: string;

  const open = async (background = false): Promise<LocalStore> => {
    const store = await openLocalStore({ database, weightsDirectory: '', background }, bagOfWords());
    opened.add(store);
    return store;
  };
  const close = async (store: LocalStore) => {
    opened.delete(store);
    await store.close();
  };
  const names = (): string[] => {
    const backups = path.join(path.dirname(database), 'backups');
    return existsSync(backups) ? readdirSync(backups).sort() : [];
  };
  const nameAt = (time: number): string => `memory-${new Date(time).toISOString().replace(/[:.]/g, '-')}.db`;
  /** Makes a backup look as if it had been made so long ago. */
  const age = (name: string, milliseconds: number): string => {
    const older = nameAt(Date.now() - milliseconds);
    renameSync(folder('backups', name), folder('backups', older));
    return older;
  };

  beforeEach(() => {
    database = folder('memory.db');
  });
  afterEach(async () => {
    for (const store of opened) await close(store);
  });

  describe('once a day', () => {
    it('are made by themselves, where there is something to lose', async () => {
      const store = await open(true);
      await sleep(300);
      assert.deepEqual(names(), [], 'not of an empty store');
      await store.store({ content: 'worth keeping' });
      await close(store);
      await open(true);
      await until(() => names().length === 1);
    });

    it('are not made again on the same day', async () => {
      const store = await open();
      await store.store({ content: 'worth keeping' });
      await store.backUp();
      const today = age(names()[0] ?? '', 23 * HOUR);
      await open(true);
      await sleep(400);
      assert.deepEqual(names(), [today]);
    });

    it('are made again on the next day; three are kept', async () => {
      const store = await open();
      await store.store({ content: 'worth keeping' });
      const older: string[] = [];
      for (const days of [1.1, 2.1, 3.1]) {
        await store.backUp();
        older.push(age(names().at(-1) ?? '', days * 24 * HOUR));
      }
      await open(true);
      await until(() => !names().includes(older[2] ?? '') && names().length === 3);
      assert.deepEqual(names().slice(0, 2), [older[1], older[0]]);
    });

    it('are made and kept where a clock was ahead once', async () => {
      const store = await open();
      await store.store({ content: 'worth keeping' });
      const ahead: string[] = [];
      for (const days of [100, 101, 102]) {
        await store.backUp();
        ahead.unshift(age(names()[0] ?? '', -days * 24 * HOUR));
      }
      await open(true);
      await until(() => names().length === 3 && !names().includes(ahead[2] ?? ''));
      const [today = '', ...others] = names();
      assert.ok(today < nameAt(Date.now() + 1000));
      assert.deepEqual(others, ahead.slice(0, 2).toSorted());
    });

    it('leave all that were made on one of the three days', async () => {
      const store = await open();
      await store.store({ content: 'worth keeping' });
      for (let i = 0; i < 5; i++) await store.backUp();
      const sameDay = names().map((name, i) => age(name, 25 * HOUR + i * 1000));
      await open(true);
      await until(() => names().length === 6);
      await sleep(100);
      assert.deepEqual(names().slice(0, 5), sameDay.toSorted());
    });

    it('are made by one process only', async () => {
      const store = await open();
      await store.store({ content: 'worth keeping' });
      await close(store);
      const windows = Array.from({ length: 3 }, () => start<StoreProgram>(storeProgram, []));
      await Promise.all(windows.map(({ ask }) => ask.open({ database, weightsDirectory: '' })));
      await until(() => names().some((name) => name.endsWith('.db')));
      await sleep(300);
      assert.equal(names().length, 1);
    });

    it('are finished before the store is closed', async () => {
      const store = await open();
      const text = 'much to copy '.repeat(300);
      await store.storeMany(Array.from({ length: 2000 }, (_, i) => ({ content: `${i} ${text}` })));
      const window = await open(true);
      const events: StoreEvent[] = [];
      window.onDidChange((event) => events.push(event));
      while (names().length === 0) await setImmediate();
      assert.match(names()[0] ?? '', /\.part/, 'closed in the middle');
      await close(window);
      const [backup, ...more] = await store.backups();
      assert.equal(backup?.memories, 2000);
      assert.deepEqual([more, names().length], [[], 1]);
      assert.deepEqual(
        events.filter(({ kind }) => kind === 'warning'),
        [],
      );
    });

    it('that fail are told', async () => {
      await close(await open());
      writeFileSync(folder('backups'), 'a file where the folder should be');
      await (await open()).store({ content: 'worth keeping' });
      const store = await open(true);
      const events: StoreEvent[] = [];
      store.onDidChange((event) => events.push(event));
      await until(() => events.some(({ kind }) => kind === 'warning'));
      assert.match(JSON.stringify(events), /daily backup failed.*backups/);
    });
  });

  it('are listed with their time and size, the newest first', async () => {
    const store = await open();
    const made = [];
    for (let count = 1; count <= 3; count++) {
      await store.store({ content: `memory ${count}` });
      made.unshift(await store.backUp());
    }
    assert.deepEqual(await store.backups(), made);
    assert.deepEqual(
      made.map(({ memories }) => memories),
      [3, 2, 1],
    );
    for (const { file, createdAt, bytes } of made) {
      assert.equal(path.basename(file), nameAt(createdAt * 1000));
      assert.ok(Math.abs(createdAt - Date.now() / 1000) < 30 && bytes > 10_000);
    }
  });

  it('do not count deleted memories, other stores’ backups or files that are none', async () => {
    const store = await open();
    await store.storeMany([{ content: 'one' }, { content: 'two' }]);
    const { contentHash } = await store.store({ content: 'three' });
    await store.delete([contentHash]);
    const { file } = await store.backUp();
    writeFileSync(folder('backups', nameAt(Date.now()).replace('memory', 'other')), 'of another store');
    writeFileSync(folder('backups', nameAt(Date.now())), 'no database');
    writeFileSync(folder('backups', 'notes.txt'), 'mine');
    assert.deepEqual(
      (await store.backups()).map((backup) => [backup.file, backup.memories]),
      [[file, 2]],
    );
  });

  it('are whole databases that need no log beside them', async () => {
    const store = await open();
    await store.storeMany(Array.from({ length: 500 }, (_, i) => ({ content: `memory ${i}`, tags: ['all'] })));
    const { file } = await store.backUp();
    assert.deepEqual(names(), [path.basename(file)]);
    const backup = new DatabaseSync(file, { readOnly: true });
    assert.deepEqual({ ...backup.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
    assert.deepEqual({ ...backup.prepare('PRAGMA journal_mode').get() }, { journal_mode: 'delete' });
    backup.close();
    assert.deepEqual(names(), [path.basename(file)]);
  });

  it('come to an end, and hold one state, while another process goes on storing', async () => {
    const other = start<StoreProgram>(storeProgram, []);
    await other.ask.open({ database, weightsDirectory: '', background: false });
    const text = 'much to copy '.repeat(300);
    await other.ask.storeMany(Array.from({ length: 3000 }, (_, i) => ({ content: `${i} ${text}` })));
    const copied = new AbortController();
    const writer = (async () => {
      let stored = 0;
      for (; !copied.signal.aborted; stored++)
        await other.ask.store({ content: `while copied ${stored}`, tags: [`${stored}`] });
      return stored;
    })();
    const { memories, file } = await (await open()).backUp();
    copied.abort();
    const stored = await writer;
    assert.ok(memories >= 3000 && memories <= 3000 + stored, `${memories} of ${3000 + stored}`);
    const backup = new DatabaseSync(file, { readOnly: true });
    const tagged = backup.prepare('SELECT count(*) AS n FROM memory_tags').get();
    backup.close();
    assert.equal(tagged?.['n'], memories - 3000);
  });

  it('that a killed process left unfinished are removed in time', async () => {
    const store = await open();
    await store.backUp();
    const left = ['memory-old.db.part', 'memory-old.db.part-journal', 'memory-new.db.part'];
    for (const name of left) writeFileSync(folder('backups', name), 'half');
    for (const name of left.slice(0, 2)) {
      const yesterday = new Date(Date.now() - 24 * HOUR);
      utimesSync(folder('backups', name), yesterday, yesterday);
    }
    await store.backUp();
    assert.deepEqual(
      names().filter((name) => name.includes('.part')),
      ['memory-new.db.part'],
    );
  });
});
