import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { type Program, programs } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { type StoreProgram, storeProgram } from './programs/storeProgram.ts';

/** Root may write everywhere, so another user has to try. */
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

describe('A place that may not be written', () => {
  let home: string;
  afterEach(() => chmodSync(home, 0o755)); // before the folder is removed
  const folder = temporaryFolder();
  const start = programs();
  let program: Program<StoreProgram>;

  before(function () {
    if (process.platform === 'win32') this.skip(); // its rights are lists that chmod does not change
  });
  beforeEach(() => {
    home = folder('home');
    mkdirSync(home);
    if (isRoot) {
      chmodSync(folder(), 0o755);
      chownSync(home, NOBODY, NOBODY);
    }
    program = start<StoreProgram>(storeProgram, [], { uid: isRoot ? NOBODY : undefined });
  });

  const open = (...names: string[]) =>
    program.ask.open({ database: folder('home', ...names), weightsDirectory: '', background: false });
  const stored = async (): Promise<void> => {
    await open('memory.db');
    await program.ask.store({ content: 'from better days' });
    await program.ask.close();
  };
  const assertRefused = (...names: string[]) =>
    assert.rejects(open(...names), (error: Error & { code: string; nextStep: string }) => {
      assert.equal(error.code, 'read-only', String(error));
      assert.ok(error.message.includes(folder('home', ...names)), error.message);
      assert.match(error.nextStep, /right to write|edgeMemory\.dataFolder/);
      return true;
    });

  it('is named, and left as it is: a folder without a store', async () => {
    chmodSync(home, 0o555);
    await assertRefused('memory.db');
    assert.deepEqual(readdirSync(home), []);
  });

  it('is named, and left as it is: a folder in which the data folder should be made', async () => {
    chmodSync(home, 0o555);
    await assertRefused('data', 'memory.db');
    assert.deepEqual(readdirSync(home), []);
  });

  it('is named, and left as it is: a folder with a store', async () => {
    await stored();
    const before = readdirSync(home);
    chmodSync(home, 0o555);
    await assertRefused('memory.db');
    assert.deepEqual(readdirSync(home), before);
  });

  it('is named, and left as it is: a file', async () => {
    await stored();
    const file = folder('home', 'memory.db');
    chmodSync(file, 0o444);
    const before = [readdirSync(home), readFileSync(file, 'latin1')];
    await assertRefused('memory.db');
    assert.ok(JSON.stringify([readdirSync(home), readFileSync(file, 'latin1')]) === JSON.stringify(before));
  });

  it('holds its memories still, once it may be written again', async () => {
    await stored();
    chmodSync(home, 0o555);
    await assertRefused('memory.db');
    chmodSync(home, 0o755);
    await open('memory.db');
    assert.equal(await program.ask.count({}), 1);
    await program.ask.close();
  });

  it('is named, and left as it is: the folder of the backups', async () => {
    mkdirSync(folder('home', 'backups'), { mode: 0o555 });
    if (isRoot) chownSync(folder('home', 'backups'), NOBODY, NOBODY);
    await open('memory.db');
    await program.ask.store({ content: 'to be backed up' });
    await assert.rejects(program.ask.backUp(), { code: 'read-only', message: /backups/ });
    assert.equal(await program.ask.count({}), 1);
    assert.deepEqual(readdirSync(folder('home', 'backups')), []);
  });
});
