import assert from 'node:assert/strict';
import { D1Database } from '../../../src/cloudflare/d1.ts';
import { MemoryError, type MemoryErrorCode } from '../../../src/memory/errors.ts';
import type { SqlStatement } from '../../../src/memory/ports.ts';
import { bodyOf, fakeApi, refusal, success } from './fakeApi.ts';

const entry = (results: object[], meta: object = {}) => ({ success: true, results, meta });
const setUp = (...answers: Parameters<typeof fakeApi>[0]) => {
  const api = fakeApi(answers);
  return {
    ...api,
    database: new D1Database({ client: api.client, account: 'acc', database: 'db-id', name: 'notes' }),
  };
};
const rejectsWith = (answer: Promise<unknown>, code: MemoryErrorCode, words: RegExp): Promise<void> =>
  assert.rejects(answer, (error) => MemoryError.is(error, code) && words.test(error.message));

describe('D1Database', () => {
  it('has full text', () => {
    assert.equal(setUp(success([])).database.features.fullText, true);
  });

  it('sends statements, even a single one, as a batch, and gives their rows', async () => {
    const { database, sent } = setUp(success([entry([{ n: 1, s: 'x', z: null }]), entry([])]));
    const statements = [{ sql: 'SELECT ?', params: ['x', 1, null] }, { sql: 'DELETE FROM t' }];
    assert.deepEqual(await database.write(statements), [[{ n: 1, s: 'x', z: null }], []]);
    assert.match(sent[0]?.url ?? '', /\/accounts\/acc\/d1\/database\/db-id\/query$/);
    assert.deepEqual(bodyOf(sent[0]), {
      batch: [
        { sql: 'SELECT ?', params: ['x', 1, null] },
        { sql: 'DELETE FROM t', params: [] },
      ],
    });
  });

  it('sends nothing for nothing', async () => {
    const { database, sent } = setUp(success([]));
    assert.deepEqual(await database.read([]), []);
    assert.equal(sent.length, 0);
  });

  it('sums up what the plan counts', async () => {
    const { database } = setUp(
      success([entry([], { rows_read: 5, rows_written: 2 }), entry([], { rows_read: 1 })]),
      success([entry([], { rows_read: 4, rows_written: 1 }), { success: true }]),
    );
    const two = [{ sql: 'SELECT 1' }, { sql: 'SELECT 2' }];
    await database.read(two);
    await database.write(two);
    assert.deepEqual(database.usage, { requests: 2, rowsRead: 10, rowsWritten: 3 });
  });

  it('fails where one statement did, though the request did not', async () => {
    const failed = { success: false, error: 'no such table: t: SQLITE_ERROR', results: [] };
    const { database } = setUp(success([entry([]), failed]));
    await rejectsWith(
      database.read([{ sql: 'a' }, { sql: 'b' }]),
      'misconfigured',
      /database notes: no such table: t/,
    );
  });

  const answers: readonly (readonly [string, unknown])[] = [
    ['fewer entries than statements', []],
    ['more entries than statements', [entry([]), entry([])]],
    ['rows that are no objects', [{ success: true, results: [['a']] }]],
    ['values that are objects', [{ success: true, results: [{ a: { b: 1 } }] }]],
    ['an entry without success', [{ results: [] }]],
  ];
  for (const [what, result] of answers)
    it(`refuses ${what}`, async () => {
      const { database } = setUp(success(result));
      await rejectsWith(database.read([{ sql: 'SELECT 1' }]), 'service-failed', /another form/);
    });

  it('repeats a write whose answer was lost', async () => {
    const { database, sent } = setUp(refusal(400, 7500, 'Network connection lost.'), success([entry([])]));
    await database.write([{ sql: 'INSERT' }]);
    assert.equal(sent.length, 2);
    assert.deepEqual(bodyOf(sent[0]), bodyOf(sent[1]));
  });

  const refused: readonly (readonly [string, SqlStatement, MemoryErrorCode, RegExp])[] = [
    ['101 parameters', { sql: 'x', params: Array.from({ length: 101 }, () => 1) }, 'storage-failed', /100/],
    ['100,001 bytes of SQL', { sql: 'ü'.repeat(50_000) + 'x' }, 'storage-failed', /100001/],
    ['a value of 2,000,001 bytes', { sql: 'x', params: ['漢'.repeat(666_667)] }, 'too-large', /2,000,001/],
    ['NaN, which JSON does not have', { sql: 'x', params: [NaN] }, 'storage-failed', /NaN/],
    ['infinity', { sql: 'x', params: [-Infinity] }, 'storage-failed', /-Infinity/],
  ];
  for (const [what, statement, code, words] of refused)
    it(`does not send ${what}`, async () => {
      const { database, sent } = setUp(success([entry([])]));
      await rejectsWith(database.write([{ sql: 'fine' }, statement]), code, words);
      assert.equal(sent.length, 0);
    });

  it('sends what is just within the limits', async () => {
    const { database } = setUp(success([entry([])]));
    const params = ['x'.repeat(2_000_000), ...Array.from({ length: 99 }, () => 1)];
    await database.write([{ sql: 'y'.repeat(100_000), params }]);
  });

  it('shows what SQLite says of a statement, but no parameter', async () => {
    const sql = 'SELECT content_hash_of_something FROM memories';
    const told = setUp(refusal(400, 7500, 'near "content_hash_of_something": syntax error'));
    await rejectsWith(told.database.read([{ sql }]), 'storage-failed', /near "content_hash_of_something"/);
    const secret = setUp(refusal(400, 7500, 'bad value: my diary of the summer'));
    const params = [JSON.stringify(['my diary of the summer'])];
    await rejectsWith(secret.database.read([{ sql, params }]), 'storage-failed', /^(?!.*diary).*left out/);
  });

  it('repeats what D1 lost even where a memory tells of the same error', async () => {
    const { database } = setUp(refusal(400, 7500, 'Network connection lost.'), success([entry([])]));
    await database.write([{ sql: 'x', params: ['Yesterday: “Network connection lost.” on D1'] }]);
  });
});
