import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lease } from '../../../src/local/lease.ts';
import { type OpenFile, openStoreFile } from '../../../src/local/storeFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('A lease', () => {
  const folder = temporaryFolder();
  let files: OpenFile[];

  /** Of a connection of its own, as another process has it. */
  const lease = (seconds = 15, name = 'duty'): Lease => {
    const file = openStoreFile(folder('memory.db'));
    files.push(file);
    return new Lease(file.database, name, seconds);
  };

  beforeEach(() => {
    files = [];
  });
  afterEach(() => {
    for (const { database, lock } of files) {
      database.close();
      lock.close();
    }
  });

  it('is one process’s at a time, and it may renew it', () => {
    const [first, second] = [lease(), lease()];
    assert.equal(first.take(), true);
    assert.equal(second.take(), false);
    assert.equal(first.take(), true);
    assert.equal(second.take(), false);
  });

  it('is free again when it is released, by its holder only', () => {
    const [first, second] = [lease(), lease()];
    first.take();
    second.release();
    assert.equal(second.take(), false);
    first.release();
    assert.equal(second.take(), true);
  });

  it('ends by itself when its holder no longer renews it', async function () {
    this.retries(2); // other programs may take the time
    const [first, second] = [lease(1), lease(1)];
    first.take();
    await sleep(600);
    first.take();
    await sleep(600);
    assert.equal(second.take(), false, 'it was renewed');
    await sleep(600);
    assert.equal(second.take(), true);
    assert.equal(first.take(), false, 'the first one learns that it has lost it');
  });

  it('is one for each duty', () => {
    assert.equal(lease(15, 'embedding').take(), true);
    assert.equal(lease(15, 'backup').take(), true);
  });

  it('does not outlast a clock that was set back', () => {
    const [first, second] = [lease(), lease()];
    first.take();
    const [file] = files;
    file?.database.run('UPDATE em_local_leases SET expires_at = expires_at + 3600');
    assert.equal(second.take(), true);
  });

  it('tells no other connection of an attempt in vain', () => {
    const [first, second] = [lease(), lease()];
    first.take();
    const [watcher] = files;
    const before = watcher?.database.dataVersion();
    second.take();
    assert.equal(watcher?.database.dataVersion(), before);
  });
});
