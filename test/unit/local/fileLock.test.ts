import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileLock } from '../../../src/local/fileLock.ts';
import { openStoreFile } from '../../../src/local/storeFile.ts';
import { programs } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { type StoreProgram, storeProgram } from './programs/storeProgram.ts';

describe('The lock beside a store', () => {
  const folder = temporaryFolder();
  const start = programs();
  const locks = new Set<FileLock>();

  const lock = (): FileLock => {
    const made = new FileLock(folder('memory.db.lock'));
    locks.add(made);
    return made;
  };
  afterEach(() => {
    for (const each of locks) each.close();
    locks.clear();
  });

  it('is shared by everybody who has the store open', () => {
    lock().share();
    lock().share();
    lock().takeTurn();
  });

  it('lets nobody be alone while another one has the store open', () => {
    const [user, mender] = [lock(), lock()];
    user.share();
    mender.takeTurn();
    assert.equal(mender.takeAlone(), false);
    user.close();
    assert.equal(mender.takeAlone(), true);
  });

  it('is free again once its holder is gone', () => {
    const first = lock();
    first.takeTurn();
    assert.equal(first.takeAlone(), true);
    first.close();
    const second = lock();
    second.takeTurn();
    assert.equal(second.takeAlone(), true);
  });

  it('makes everybody wait who opens the store while another one is at it', async () => {
    const program = start<StoreProgram>(storeProgram, []);
    await program.ask.events();
    const turn = lock();
    turn.takeTurn();
    let isOpen = false;
    const opening = program.ask
      .open({ database: folder('memory.db'), weightsDirectory: '', background: false })
      .then(() => (isOpen = true));
    await sleep(500);
    assert.equal(isOpen, false);
    turn.share();
    await opening;
  });

  it('explains itself where its file is none', () => {
    writeFileSync(folder('memory.db.lock'), 'something else'.repeat(100));
    assert.throws(() => lock(), {
      name: 'MemoryError',
      code: 'damaged',
      message: /memory\.db\.lock/,
      nextStep: /delete this file/,
    });
  });

  it('is kept, with SQLite’s own, when the process opens the store a second time', function () {
    if (process.platform !== 'linux') this.skip(); // only Linux lists its locks
    const file = folder('memory.db');
    const locksHeld = (): string[] =>
      readFileSync('/proc/locks', 'utf8')
        .split('\n')
        .filter((line) => line.includes(` ${process.pid} `))
        .flatMap((line) => [file, `${file}.lock`].filter((part) => line.includes(`:${statSync(part).ino} `)));
    const first = openStoreFile(file);
    const held = locksHeld().sort();
    assert.deepEqual(held, [file, `${file}.lock`]);
    const second = openStoreFile(file);
    assert.deepEqual(locksHeld().sort(), held);
    for (const { database, lock: own } of [first, second]) {
      database.close();
      own.close();
    }
  });
});
