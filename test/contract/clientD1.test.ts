import assert from 'node:assert/strict';
import { D1Database } from '../../src/cloudflare/d1.ts';
import type { MemoryErrorCode } from '../../src/memory/errors.ts';
import type { FaultRule } from '../emulator/faults.ts';
import { rejectsWith, useClient } from './clientFixture.ts';
import { createDatabase } from './emulatorRequests.ts';

describe('D1Database against the emulator', () => {
  const fixture = useClient();
  let database: D1Database;
  before(async () => {
    const path = await createDatabase(fixture.emulator, 'client-test');
    database = new D1Database({ ...fixture.place, database: path.split('/').at(-1) ?? '' });
    await database.write([
      { sql: 'CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT UNIQUE, weight REAL, n INTEGER)' },
    ]);
  });

  it('runs a batch as one request and one transaction', async () => {
    const { requests, value } = await fixture.emulator.log.during(() =>
      database.write([
        { sql: 'INSERT INTO notes (body, weight, n) VALUES (?, ?, ?)', params: ['a', 0.5, 7] },
        { sql: 'SELECT body, weight, n, typeof(n) AS type, NULL AS missing FROM notes' },
      ]),
    );
    assert.equal(requests, 1);
    assert.deepEqual(value, [[], [{ body: 'a', weight: 0.5, n: 7, type: 'integer', missing: null }]]);
  });

  it('keeps nothing of a batch that fails', async () => {
    const batch = [
      { sql: 'INSERT INTO notes (body) VALUES (?)', params: ['half'] },
      { sql: 'INSERT INTO notes (body) VALUES (?)', params: ['half'] },
    ];
    await rejectsWith(database.write(batch), 'conflict', /the database/);
    assert.deepEqual(await database.read([{ sql: `SELECT * FROM notes WHERE body = 'half'` }]), [[]]);
  });

  it('sends a trigger whole, and a thousand rows in one parameter', async () => {
    await database.write([
      { sql: 'CREATE TABLE log (body TEXT)' },
      {
        sql: 'create trigger logged after insert on notes begin insert into log values (new.body); end',
      },
    ]);
    const bodies = Array.from({ length: 1000 }, (_, i) => `row ${i}`);
    await database.write([
      { sql: 'INSERT INTO notes (body) SELECT value FROM json_each(?)', params: [JSON.stringify(bodies)] },
    ]);
    assert.deepEqual(await database.read([{ sql: 'SELECT count(*) AS n FROM log' }]), [[{ n: 1000 }]]);
  });

  it('counts the rows that the plan counts', async () => {
    const before = database.usage;
    await database.read([{ sql: 'SELECT * FROM log' }]);
    assert.equal(database.usage.rowsRead - before.rowsRead, 1000);
    assert.equal(database.usage.requests - before.requests, 1);
    await database.write([{ sql: `INSERT INTO log VALUES ('x')` }]);
    assert.equal(database.usage.rowsWritten - before.rowsWritten, 1);
  });

  it('names the table that is missing', async () => {
    await rejectsWith(
      database.read([{ sql: 'SELECT * FROM nowhere' }]),
      'misconfigured',
      /no such table: nowhere.*Reconnect/,
    );
  });

  for (const applied of [false, true])
    for (const kind of ['reset', 'truncated-body', 'server-error', 'd1-transient', 'empty-body'] as const)
      it(`makes up for ${kind}, ${applied ? 'after' : 'before'} the write took place`, async () => {
        const body = `${kind} ${String(applied)}`;
        fixture.emulator.faults.add({ kind, applied, times: 2, path: /query/ });
        await database.write([
          { sql: 'INSERT INTO notes (body) VALUES (?) ON CONFLICT DO NOTHING', params: [body] },
        ]);
        const [rows] = await database.read([{ sql: 'SELECT n FROM notes WHERE body = ?', params: [body] }]);
        assert.equal(rows?.length, 1);
      });

  it('waits while D1 is overloaded', async () => {
    fixture.emulator.faults.add({ kind: 'd1-overloaded', times: 2, retryAfterSeconds: 0 });
    assert.deepEqual(await database.read([{ sql: 'SELECT 1 AS n' }]), [[{ n: 1 }]]);
  });

  const answers: readonly (readonly [FaultRule['kind'], MemoryErrorCode, RegExp])[] = [
    ['d1-daily-reads', 'limit-reached', /00:00 UTC/],
    ['d1-daily-writes', 'limit-reached', /00:00 UTC/],
    ['d1-overloaded', 'busy', /after 3 retries/],
    ['rate-limited', 'rate-limited', /after 3 retries/],
    ['throttled', 'rate-limited', /after 3 retries/],
    ['challenge', 'service-failed', /not JSON.*proxy, firewall/],
    ['wrong-types', 'service-failed', /without the usual envelope/],
    ['deep-nesting', 'service-failed', /another form/],
    ['huge-body', 'service-failed', /more than 64 MB/],
    ['unsuccessful', 'service-failed', /could not be completed/],
    ['server-error', 'service-failed', /after 3 retries.*cloudflarestatus/],
  ];
  for (const [kind, code, text] of answers)
    it(`says what ${kind} means`, async () => {
      fixture.emulator.faults.add({ kind, retryAfterSeconds: 0 });
      await rejectsWith(database.read([{ sql: 'SELECT 1' }]), code, text);
    });

  it('does not repeat what a daily limit refused', async () => {
    fixture.emulator.faults.add({ kind: 'd1-daily-writes' });
    const { requests } = await fixture.emulator.log.during(() =>
      database.write([{ sql: 'SELECT 1' }]).catch(() => undefined),
    );
    assert.equal(requests, 1);
  });

  it('writes requests and retries to the log, but no token, statement or content', async () => {
    const secret = 'the canary sings';
    fixture.emulator.faults.add({ kind: 'server-error', times: 1 });
    await database.write([{ sql: 'INSERT INTO notes (body) VALUES (?)', params: [secret] }]);
    await database.write([{ sql: 'INSERT INTO notes (body) VALUES (?)', params: [secret] }]).catch(() => 0);
    const log = fixture.log.join('\n');
    assert.match(log, /POST \/accounts\/.*\/query 200 \d+ ms, ray [0-9a-f]+-FRA/);
    assert.match(log, /retry 1 of 3/);
    assert.doesNotMatch(log, /cfut_|Bearer|canary|INSERT/);
  });
});
