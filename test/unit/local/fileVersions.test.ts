import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { refusal } from '../support/testStore.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('A store written by another version', () => {
  const folder = temporaryFolder();
  let database: string;

  const open = () => openLocalStore({ database, weightsDirectory: '', background: false });
  const sql = (text: string): void => {
    const connection = new DatabaseSync(database);
    connection.exec(text);
    connection.close();
  };
  const meta = (): Record<string, unknown> => {
    const connection = new DatabaseSync(database, { readOnly: true });
    const rows = connection.prepare(`SELECT key, value FROM em_meta WHERE key LIKE '%e'`).all();
    connection.close();
    return Object.fromEntries(rows.map((row) => [String(row['key']), row['value']]));
  };

  beforeEach(async () => {
    database = folder('memory.db');
    const store = await open();
    await store.store({ content: 'from before', tags: ['old'] });
    await store.close();
  });

  it('is refused where it says that this version must not open it, and the error says what to update', async () => {
    sql(`UPDATE em_meta SET value = '7' WHERE key IN ('schema_version', 'min_compatible')`);
    const before = readFileSync(database);
    await assert.rejects(open(), {
      name: 'MemoryError',
      code: 'newer-version',
      message: /memory\.db was written by a newer Edge Memory \(format 7/,
      nextStep: /Update the Edge Memory extension.*edge-memory command/,
    });
    assert.ok(readFileSync(database).equals(before), 'untouched');
  });

  it('opens where a newer version only added to it, and stays newer', async () => {
    sql(`UPDATE em_meta SET value = '7' WHERE key = 'schema_version'`);
    sql(`ALTER TABLE memories ADD COLUMN mood TEXT; CREATE TABLE em_moods (name TEXT)`);
    const store = await open();
    await store.store({ content: 'from now', tags: ['new'] });
    assert.equal((await store.search({ query: 'from', mode: 'keyword' })).hits.length, 2);
    assert.deepEqual((await store.verify()).problems, []);
    await store.close();
    assert.equal(meta()['min_compatible'], '1');
    sql(`INSERT INTO em_moods (name) VALUES ('fine')`);
  });

  it('is found newer by every process that had it open before', async () => {
    const store = await open();
    sql(`UPDATE em_meta SET value = '7' WHERE key = 'min_compatible'`);
    await assert.rejects(open(), refusal('newer-version'));
    await store.close();
  });

  it('is given what was missing, with the memories as they are', async () => {
    sql(`DROP TABLE em_local_leases; DROP INDEX em_info_pinned; DELETE FROM em_meta`);
    const store = await open();
    assert.deepEqual(
      (await store.list({})).items.map(({ content, tags }) => ({ content, tags })),
      [{ content: 'from before', tags: ['old'] }],
    );
    await store.close();
    assert.deepEqual(meta(), { embedding_space: 'use-lite-int8', min_compatible: '1' });
    sql('SELECT * FROM em_local_leases');
  });
});
