import assert from 'node:assert/strict';
import { SqliteDatabase } from '../../../src/local/sqliteDatabase.ts';
import { refusal } from '../support/testStore.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('A SQLite database', () => {
  const folder = temporaryFolder();
  let databases: SqliteDatabase[];
  let database: SqliteDatabase;

  /** A connection of its own, as another process has it. */
  const open = (options = {}): SqliteDatabase => {
    const opened = new SqliteDatabase(folder('memory.db'), options);
    databases.push(opened);
    return opened;
  };
  const names = async (from = database): Promise<unknown[]> => {
    const [rows = []] = await from.read([{ sql: 'SELECT name FROM things ORDER BY name' }]);
    return rows.map((row) => row['name']);
  };
  const insert = (name: string | null) => ({ sql: 'INSERT INTO things (name) VALUES (?)', params: [name] });

  beforeEach(() => {
    databases = [];
    database = open();
    database.exec('CREATE TABLE things (name TEXT NOT NULL UNIQUE)');
  });
  afterEach(() => {
    for (const each of databases) each.close();
  });

  it('answers the rows of each statement', async () => {
    await database.write([insert('a'), insert('b')]);
    const rows = await database.read([
      { sql: 'SELECT name FROM things WHERE name > ?', params: ['a'] },
      { sql: 'SELECT count(*) AS n FROM things' },
    ]);
    assert.deepEqual(
      rows.map((list) => list.map((row) => ({ ...row }))),
      [[{ name: 'b' }], [{ n: 2 }]],
    );
    assert.deepEqual(await database.read([]), []);
  });

  it('writes all statements or none', async () => {
    await assert.rejects(database.write([insert('a'), insert(null)]), refusal('storage-failed'));
    assert.deepEqual(await names(), []);
    await database.write([insert('a')]);
    assert.deepEqual(await names(), ['a']);
  });

  it('answers what a write returns', async () => {
    const [rows] = await database.write([
      { sql: 'INSERT INTO things (name) VALUES (?) RETURNING name', params: ['a'] },
    ]);
    assert.equal(rows?.[0]?.['name'], 'a');
  });

  it('takes a transaction back where what runs in it throws', () => {
    const reason = new Error('changed its mind');
    assert.throws(
      () =>
        database.transaction(() => {
          database.run('INSERT INTO things (name) VALUES (?)', 'a');
          throw reason;
        }),
      reason,
    );
    assert.deepEqual(database.all('SELECT * FROM things'), []);
  });

  it('tells when another connection wrote, and only then', async () => {
    const other = open();
    const before = database.dataVersion();
    await database.write([insert('mine')]);
    assert.equal(database.dataVersion(), before);
    await other.write([insert('another’s')]);
    assert.notEqual(database.dataVersion(), before);
    assert.deepEqual(await names(), ['another’s', 'mine']);
  });

  it('has another version after every write, whoever wrote', async () => {
    const other = open();
    const versions = [database.version(), database.version()];
    await database.write([insert('mine')]);
    versions.push(database.version());
    await other.write([insert('another’s')]);
    versions.push(database.version());
    await database.write([{ sql: 'DELETE FROM things' }]);
    versions.push(database.version());
    assert.equal(versions[0], versions[1]);
    assert.equal(new Set(versions).size, 4);
  });

  it('lets others read while one writes, and says that it is busy where one writes for very long', async () => {
    const other = open();
    other.exec('BEGIN IMMEDIATE');
    assert.deepEqual(await names(), []);
    database.exec('PRAGMA busy_timeout = 50'); // the usual 5 seconds are long for a test
    await assert.rejects(database.write([insert('a')]), (error: Error) => {
      refusal('busy')(error);
      assert.match(error.message, /Another program.*memory\.db/);
      return true;
    });
    other.exec('ROLLBACK');
    await database.write([insert('a')]);
  });

  it('begins to write at once, so that no write of another one comes between its reading and its writing', () => {
    const other = open();
    other.exec('PRAGMA busy_timeout = 0');
    database.transaction(() => {
      assert.equal(database.get('SELECT count(*) AS n FROM things')?.['n'], 0);
      assert.throws(() => other.run('INSERT INTO things (name) VALUES (?)', 'between'), refusal('busy'));
      database.run('INSERT INTO things (name) VALUES (?)', 'first');
    });
  });

  it('does nothing for a call that was aborted', async () => {
    const reason = new Error('too late');
    const signal = AbortSignal.abort(reason);
    await assert.rejects(database.write([insert('a')], { signal }), reason);
    await assert.rejects(database.read([{ sql: 'SELECT 1' }], { signal }), reason);
    assert.deepEqual(await names(), []);
  });

  it('says that it was closed', async () => {
    database.close();
    database.close();
    await assert.rejects(names(), (error: Error) => {
      refusal('storage-failed')(error);
      assert.match(error.message, /memory\.db was closed/);
      return true;
    });
  });

  it('names the file in what it cannot explain', async () => {
    await assert.rejects(database.read([{ sql: 'SELECT x FROM nowhere' }]), {
      code: 'storage-failed',
      message: /no such table: nowhere.*memory\.db/,
    });
  });

  it('knows whether this SQLite has full text, and can be told that it has not', () => {
    assert.equal(database.features.fullText, true);
    assert.equal(open({ fullText: false }).features.fullText, false);
    assert.deepEqual(
      database.all(`SELECT name FROM temp.sqlite_schema`),
      [],
      'it leaves nothing of its trial',
    );
  });
});
