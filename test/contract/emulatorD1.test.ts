import assert from 'node:assert/strict';
import type { Emulator } from '../emulator/emulator.ts';
import { startEmulator } from '../emulator/emulator.ts';
import type { D1Entry } from './emulatorRequests.ts';
import { createDatabase, get, refusal, rowsOf, send, withEmulator } from './emulatorRequests.ts';

describe('the emulated D1', () => {
  let emulator: Emulator;
  let database: string;

  before(async () => {
    emulator = await startEmulator();
    database = await createDatabase(emulator, 'memories');
    await get(emulator, 'POST', `${database}/query`, {
      sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER)',
    });
  });
  after(() => emulator.close());

  const sqlRefusal = async (sql: string, params: unknown[] = []): Promise<string> => {
    const { status, errors } = await send(emulator, 'POST', `${database}/query`, { sql, params });
    return `${status}/${errors[0]?.code ?? ''} ${errors[0]?.message ?? ''}`;
  };

  describe('databases', () => {
    it('are found by id and by name, and searched by a part of the name', async () => {
      const byName = await get<{ uuid: string; num_tables: number }>(
        emulator,
        'GET',
        '/d1/database/memories',
      );
      assert.ok(database.endsWith(byName.uuid));
      assert.equal(byName.num_tables, 1);
      const found = await get<{ name: string }[]>(emulator, 'GET', '/d1/database?name=memor');
      assert.deepEqual(
        found.map(({ name }) => name),
        ['memories'],
      );
    });

    it('refuse a name that exists (7502), an empty one (7400) and one more than the plan allows (7406)', async () => {
      assert.equal(await refusal(emulator, 'POST', '/d1/database', { name: 'memories' }), '400/7502');
      assert.equal(await refusal(emulator, 'POST', '/d1/database', { name: '' }), '400/7400');
      await withEmulator({ limits: { d1Databases: 1 } }, async (small) => {
        await createDatabase(small, 'only');
        assert.equal(await refusal(small, 'POST', '/d1/database', { name: 'second' }), '400/7406');
      });
    });

    it('are gone with their rows when deleted, and 404/7404 from then on', async () => {
      const short = await createDatabase(emulator, 'short-lived');
      await rowsOf(emulator, short, 'CREATE TABLE gone (a)');
      await get(emulator, 'DELETE', short);
      assert.equal(await refusal(emulator, 'GET', short), '404/7404');
      const again = await createDatabase(emulator, 'short-lived');
      assert.deepEqual(
        await rowsOf(emulator, again, "SELECT name FROM sqlite_schema WHERE name = 'gone'"),
        [],
      );
    });

    it('have a Time Travel bookmark that changes with every write', async () => {
      const read = () => get<{ bookmark: string }>(emulator, 'GET', `${database}/time_travel/bookmark`);
      const before = await read();
      assert.match(before.bookmark, /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/);
      assert.deepEqual(await read(), before);
      await rowsOf(emulator, database, "INSERT INTO t (name) VALUES ('for the bookmark')");
      assert.notDeepEqual(await read(), before);
    });
  });

  describe('statements', () => {
    it('bind JSON numbers as REAL, booleans as 1 and 0, null as NULL', async () => {
      const [row] = await rowsOf(
        emulator,
        database,
        'SELECT typeof(?) AS number, ? || \'\' AS text, typeof(CAST(? AS INTEGER)) AS "cast", ? AS yes, typeof(?) AS missing',
        5,
        5,
        5,
        true,
        null,
      );
      assert.deepEqual(row, { number: 'real', text: '5.0', cast: 'integer', yes: 1, missing: 'null' });
    });

    it('report rows read and written, each index of a written column counting', async () => {
      const [insert] = await get<D1Entry[]>(emulator, 'POST', `${database}/query`, {
        sql: "INSERT INTO t (name) VALUES ('counted')",
      });
      assert.equal(insert?.meta.changes, 1);
      assert.equal(insert.meta.rows_written, 2);
      assert.equal(insert.meta.changed_db, true);
      const [select] = await get<D1Entry[]>(emulator, 'POST', `${database}/query`, {
        sql: 'SELECT * FROM t',
      });
      assert.equal(select?.meta.rows_read, select?.results.length);
      assert.equal(select?.meta.changed_db, false);
    });

    it('answer columns and rows at /raw; at /query the last of two columns with one name wins', async () => {
      const statement = { sql: 'SELECT 1 AS a, 2 AS a' };
      const raw = await get<unknown>(emulator, 'POST', `${database}/raw`, statement);
      assert.deepEqual((raw as { results: unknown }[])[0]?.results, { columns: ['a', 'a'], rows: [[1, 2]] });
      assert.deepEqual(await rowsOf(emulator, database, statement.sql), [{ a: 2 }]);
    });

    it('run one after another when separated by ";", comments in between, but take no params then (7400)', async () => {
      const sql = "-- first\nSELECT 'a;b' AS x; /* ; */ SELECT 2 AS y;\n-- end";
      const entries = await get<D1Entry[]>(emulator, 'POST', `${database}/query`, { sql });
      assert.deepEqual(
        entries.map(({ results }) => results),
        [[{ x: 'a;b' }], [{ y: 2 }]],
      );
      assert.match(await sqlRefusal('SELECT 1; SELECT ?', [1]), /^400\/7400/);
    });

    it('that hold a trigger with a lower-case begin have to be elements of a batch', async () => {
      const sql = 'create trigger touch after insert on t begin update t set size = 0 where id = new.id; end';
      assert.match(await sqlRefusal(sql), /^400\/7500 .*incomplete input/);
      await get(emulator, 'POST', `${database}/query`, { batch: [{ sql }] });
      await get(emulator, 'POST', `${database}/query`, { sql: 'DROP TRIGGER touch' });
      await get(emulator, 'POST', `${database}/query`, {
        sql: sql.replace('begin', 'BEGIN').replace('end', 'END'),
      });
      await get(emulator, 'POST', `${database}/query`, { sql: 'DROP TRIGGER touch' });
    });

    it('carry thousands of rows in one parameter through json_each', async () => {
      const ids = JSON.stringify(Array.from({ length: 5000 }, (_, id) => id));
      assert.deepEqual(await rowsOf(emulator, database, 'SELECT count(*) AS n FROM json_each(?)', ids), [
        { n: 5000 },
      ]);
    });

    it('have full text search with ranking and contentless deletes', async () => {
      const entries = await get<D1Entry[]>(emulator, 'POST', `${database}/query`, {
        batch: [
          {
            sql: "CREATE VIRTUAL TABLE words USING fts5(body, content='', contentless_delete=1, tokenize='porter')",
          },
          { sql: 'INSERT INTO words(rowid, body) VALUES (?, ?)', params: [1, 'running shoes'] },
          { sql: 'SELECT rowid, bm25(words) < 0 AS ranked FROM words WHERE words MATCH ?', params: ['run'] },
          { sql: 'DELETE FROM words WHERE rowid = 1' },
          { sql: 'SELECT count(*) AS n FROM words WHERE words MATCH ?', params: ['run'] },
        ],
      });
      assert.deepEqual(entries[2]?.results, [{ rowid: 1, ranked: 1 }]);
      assert.deepEqual(entries[4]?.results, [{ n: 0 }]);
    });
  });

  describe('a batch', () => {
    it('is one transaction: nothing of it stays when one statement fails', async () => {
      const batch = [
        { sql: "INSERT INTO t (name) VALUES ('rolled back')" },
        { sql: 'INSERT INTO missing VALUES (1)' },
      ];
      assert.equal(await refusal(emulator, 'POST', `${database}/query`, { batch }), '400/7500');
      assert.deepEqual(await rowsOf(emulator, database, "SELECT * FROM t WHERE name = 'rolled back'"), []);
    });

    it('answers one entry per statement', async () => {
      const batch = [{ sql: 'SELECT ? AS v', params: ['a'] }, { sql: 'SELECT 2 AS v' }];
      const entries = await get<D1Entry[]>(emulator, 'POST', `${database}/query`, { batch });
      assert.deepEqual(
        entries.map(({ results }) => results),
        [[{ v: 'a' }], [{ v: 2 }]],
      );
    });
  });

  describe('refuses, as 400/7500', () => {
    const refused: [what: string, sql: string, params: unknown[], message: RegExp][] = [
      ['a missing table', 'SELECT * FROM missing', [], /no such table: missing: SQLITE_ERROR/],
      ['a broken statement', 'SELEC 1', [], /syntax error/],
      ['nothing at all', ' -- nothing', [], /No SQL statements detected/],
      [
        'a UNIQUE violation',
        "INSERT INTO t (name) VALUES ('twice'), ('twice')",
        [],
        /UNIQUE constraint failed/,
      ],
      [
        '101 parameters',
        `SELECT 1 WHERE 1 IN (${Array(101).fill('?').join()})`,
        Array(101).fill(1),
        /too many SQL variables/,
      ],
      [
        '101 columns',
        `CREATE TABLE wide (${Array.from({ length: 101 }, (_, i) => `c${i}`).join()})`,
        [],
        /too many columns/,
      ],
      ['33 arguments', `SELECT max(${Array(33).fill('1').join()})`, [], /too many arguments on function max/],
      [
        'a LIKE pattern of 51 bytes',
        "SELECT 'a' LIKE ?",
        ['a'.repeat(51)],
        /LIKE or GLOB pattern too complex/,
      ],
      [
        'SQL of over 100,000 bytes',
        `SELECT '${'x'.repeat(100_000)}'`,
        [],
        /statement too long: SQLITE_TOOBIG/,
      ],
      [
        'a value of over 2,000,000 bytes',
        'SELECT length(?)',
        ['é'.repeat(1_000_001)],
        /too big: SQLITE_TOOBIG/,
      ],
      ['PRAGMA user_version', 'PRAGMA user_version', [], /not authorized: SQLITE_AUTH/],
      ['ATTACH', "ATTACH 'x' AS y", [], /SQLITE_AUTH/],
      ['BEGIN', 'BEGIN', [], /transaction/],
      ['VACUUM', 'VACUUM', [], /VACUUM/],
      ['names that start with _cf_', 'CREATE TABLE _cf_x (a)', [], /SQLITE_AUTH/],
      ['more parameters than places', 'SELECT ?', [1, 2], /Wrong number of parameter bindings/],
    ];
    for (const [what, sql, params, message] of refused) {
      it(what, async () => {
        const answer = await sqlRefusal(sql, params);
        assert.match(answer, /^400\/7500 /);
        assert.match(answer, message);
      });
    }

    it('and takes what lies just within the limits', async () => {
      const hundred = Array(100).fill('?').join();
      await rowsOf(emulator, database, `SELECT 1 WHERE 1 IN (${hundred})`, ...Array<number>(100).fill(1));
      await rowsOf(emulator, database, "SELECT 'a' LIKE ?", 'a'.repeat(50));
      await rowsOf(emulator, database, 'SELECT length(?)', 'x'.repeat(2_000_000));
      await rowsOf(emulator, database, `SELECT max(${Array(32).fill('1').join()})`);
    });

    it('and enforces foreign keys, always', async () => {
      assert.deepEqual(await rowsOf(emulator, database, 'PRAGMA foreign_keys'), [{ foreign_keys: 1 }]);
    });
  });

  it('refuses a body of another form as 400/7400', async () => {
    for (const body of ['{', '[]', '{}', '{"sql":1}', '{"sql":"SELECT ?","params":[{}]}', '{"batch":[]}']) {
      assert.equal(await refusal(emulator, 'POST', `${database}/query`, body), '400/7400', body);
    }
  });

  describe('on the free plan', () => {
    let now = Date.UTC(2026, 0, 1, 12);
    let small: Emulator;
    let table: string;

    before(async () => {
      const limits = { d1RowsReadPerDay: 100, d1RowsWrittenPerDay: 20, d1DatabaseBytes: 200_000 };
      small = await startEmulator({ plan: 'free', limits, now: () => now });
      table = await createDatabase(small, 'small');
      await rowsOf(small, table, 'CREATE TABLE t (a)');
    });
    after(() => small.close());

    it('stops writes at the daily limit of written rows, leaves reads, and starts anew at 00:00 UTC', async () => {
      await rowsOf(small, table, `INSERT INTO t VALUES ${Array(30).fill('(1)').join()}`);
      const { status, errors } = await send(small, 'POST', `${table}/query`, {
        sql: 'INSERT INTO t VALUES (2)',
      });
      assert.equal(`${status}/${errors[0]?.code ?? ''}`, '400/7500');
      assert.match(errors[0]?.message ?? '', /daily row write limit/);
      assert.deepEqual(await rowsOf(small, table, 'SELECT count(*) AS n FROM t'), [{ n: 30 }]);
      now += 12 * 3_600_000;
      await rowsOf(small, table, 'INSERT INTO t VALUES (3)');
    });

    it('stops everything at the daily limit of read rows', async () => {
      for (let i = 0; i < 4; i++) await rowsOf(small, table, 'SELECT * FROM t');
      const { errors } = await send(small, 'POST', `${table}/query`, { sql: 'SELECT 1' });
      assert.match(errors[0]?.message ?? '', /daily row read limit/);
      now += 24 * 3_600_000;
    });

    it('refuses to grow past its size, and the write is rolled back', async () => {
      const sql = 'INSERT INTO t SELECT hex(zeroblob(1000)) FROM json_each(?)';
      const params = [JSON.stringify(Array(15).fill(0))];
      const answers = [];
      for (let i = 0; i < 10; i++) {
        now += 24 * 3_600_000;
        answers.push(await send(small, 'POST', `${table}/query`, { sql, params }));
      }
      assert.equal(answers.at(-1)?.errors[0]?.message, 'Exceeded maximum DB size');
    });
  });
});
