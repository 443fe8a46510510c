import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { migrations } from '../../../src/memory/schema.ts';
import { refusal } from '../support/testStore.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('A file that was never a store', () => {
  const folder = temporaryFolder();

  const open = (database: string) => openLocalStore({ database, weightsDirectory: '', background: false });
  const database = (name: string, ...statements: readonly string[]): string => {
    const file = folder(name);
    const connection = new DatabaseSync(file);
    for (const sql of statements) connection.exec(sql);
    connection.close();
    return file;
  };
  const assertUntouched = async (file: string, reason: RegExp): Promise<void> => {
    chmodSync(file, 0o644);
    const before = readFileSync(file);
    const names = readdirSync(folder());
    await assert.rejects(open(file), refusal('invalid-input'));
    await assert.rejects(open(file), { message: reason });
    assert.ok(readFileSync(file).equals(before));
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o644);
    assert.deepEqual(readdirSync(folder()), names, 'nothing beside it');
  };

  it('is left as it is where it is a text: neither set aside nor replaced', async () => {
    writeFileSync(folder('notes.md'), '# My notes\n');
    await assertUntouched(
      folder('notes.md'),
      /notes\.md holds no memories of Edge Memory: it is no database/,
    );
  });

  it('gets no tables of ours where it is a database of another program', async () => {
    await assertUntouched(
      database('bookmarks.db', 'CREATE TABLE bookmarks (url TEXT)'),
      /of another program/,
    );
    const service =
      'CREATE TABLE memories (id INTEGER PRIMARY KEY, content_hash TEXT, content TEXT, tags TEXT)';
    await assertUntouched(database('sqlite_vec.db', service), /of another program/);
  });

  it('is refused where it is a folder', async () => {
    mkdirSync(folder('memories'));
    await assert.rejects(open(folder('memories')), { code: 'invalid-input', message: /it is a folder/ });
  });

  it('is opened where it is empty, or has the tables that D1 has', async () => {
    writeFileSync(folder('empty.db'), '');
    const schema = (migrations[0] ?? []).map(({ sql }) => sql).filter((sql) => !sql.includes('em_'));
    const shared = database('d1.db', ...schema);
    for (const file of [folder('empty.db'), shared]) {
      const store = await open(file);
      await store.store({ content: 'the first' });
      await store.close();
    }
  });
});
