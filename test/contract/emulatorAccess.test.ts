import assert from 'node:assert/strict';
import type { Token } from '../emulator/auth.ts';
import type { Emulator } from '../emulator/emulator.ts';
import { startEmulator } from '../emulator/emulator.ts';
import {
  createDatabase,
  createIndex,
  get,
  lines,
  ndjson,
  refusal,
  rowsOf,
  send,
  withEmulator,
} from './emulatorRequests.ts';

const hour = 3_600_000;

describe("the emulated API's tokens", () => {
  let now = Date.UTC(2026, 0, 1);
  let emulator: Emulator;
  before(async () => {
    const accounts = [
      { id: 'a'.repeat(32), name: 'First' },
      { id: 'b'.repeat(32), name: 'Second' },
    ];
    emulator = await startEmulator({ accounts, now: () => now });
  });
  after(() => emulator.close());

  const verifyUser = (token: Token) =>
    send<{ status: string }>(emulator, 'GET', '~/user/tokens/verify', undefined, { token: token.value });
  const verifyOwned = (token: Token) =>
    send<{ status: string }>(emulator, 'GET', '/tokens/verify', undefined, { token: token.value });
  const listDatabases = (token: Token) =>
    refusal(emulator, 'GET', '/d1/database', undefined, { token: token.value });

  it('are verified at /user, and those that an account owns at the account', async () => {
    const user = emulator.tokens.create();
    const owned = emulator.tokens.create({ kind: 'account' });
    const older = emulator.tokens.create({ kind: 'unprefixed' });
    assert.match(user.value, /^cfut_/);
    assert.match(owned.value, /^cfat_/);
    assert.match(older.value, /^[0-9a-f]{40}$/);
    assert.equal((await verifyUser(user)).result.status, 'active');
    assert.equal((await verifyUser(older)).result.status, 'active');
    assert.equal((await verifyOwned(owned)).result.status, 'active');
    assert.equal((await verifyUser(owned)).errors[0]?.code, 1000);
    assert.equal((await verifyOwned(user)).errors[0]?.code, 1000);
  });

  it('say that they are disabled or expired, and when they begin, and open nothing then', async () => {
    const disabled = emulator.tokens.create({ disabled: true });
    const expired = emulator.tokens.create({ expiresOn: new Date(now + hour) });
    const early = emulator.tokens.create({ notBefore: new Date(now + 3 * hour) });
    assert.equal((await verifyUser(expired)).result.status, 'active');
    now += 2 * hour;
    assert.equal((await verifyUser(expired)).result.status, 'expired');
    assert.equal((await verifyUser(disabled)).result.status, 'disabled');
    const { result } = await verifyUser(early);
    assert.deepEqual(
      { ...result, id: '' },
      { id: '', status: 'active', not_before: '2026-01-01T03:00:00.000Z' },
    );
    for (const token of [disabled, expired, early]) assert.equal(await listDatabases(token), '401/10000');
    now += 2 * hour;
    await get(emulator, 'GET', '/d1/database', undefined, { token: early.value });
  });

  it('are refused when revoked, made up, malformed or missing, each in its own way', async () => {
    const revoked = emulator.tokens.create();
    emulator.tokens.revoke(revoked.value);
    assert.equal((await verifyUser(revoked)).errors[0]?.code, 1000);
    assert.equal(await listDatabases(revoked), '401/10000');
    assert.equal(await refusal(emulator, 'GET', '/d1/database', undefined, { token: 'short' }), '400/6003');
    const bare = await fetch(`${emulator.baseUrl}/accounts`);
    assert.equal(bare.status, 400);
    assert.match(await bare.text(), /"code":9106/);
  });

  it('work only from the addresses that they allow', async () => {
    const elsewhere = emulator.tokens.create({ allowedIps: ['192.0.2.1'] });
    const { status, errors } = await send(emulator, 'GET', '/d1/database', undefined, {
      token: elsewhere.value,
    });
    assert.equal(status, 403);
    assert.deepEqual(errors, [
      { code: 9109, message: 'Cannot use the access token from location: 127.0.0.1' },
    ]);
  });

  it('list their accounts, or none without the permission to', async () => {
    const names = async (token: Token) => {
      const accounts = await get<{ name: string }[]>(emulator, 'GET', '~/accounts', undefined, {
        token: token.value,
      });
      return accounts.map(({ name }) => name);
    };
    assert.deepEqual(await names(emulator.tokens.create()), ['First', 'Second']);
    assert.deepEqual(await names(emulator.tokens.create({ accounts: ['b'.repeat(32)] })), ['Second']);
    assert.deepEqual(await names(emulator.tokens.create({ permissions: ['D1 Edit'] })), []);
    assert.equal((await get<{ name: string }>(emulator, 'GET', '')).name, 'First');
    const blind = { token: emulator.tokens.create({ permissions: ['D1 Edit'] }).value };
    assert.equal(await refusal(emulator, 'GET', '', undefined, blind), '403/9109');
  });

  it("are 403/7403 at another's account, and 404/7003 where there is no route", async () => {
    assert.equal(await listDatabases(emulator.tokens.create({ accounts: ['b'.repeat(32)] })), '403/7403');
    assert.equal(await refusal(emulator, 'GET', '/no/such/product'), '404/7003');
    assert.equal(await refusal(emulator, 'PUT', '/d1/database'), '405/10405');
  });

  it('need the permission of each product, and Edit to change anything', async () => {
    const database = await createDatabase(emulator, 'guarded');
    await rowsOf(emulator, database, 'CREATE TABLE t (a)');
    const index = await createIndex(emulator, 'guarded');
    await get(emulator, 'POST', '/r2/buckets', { name: 'guarded' });
    const none = { token: emulator.tokens.create({ permissions: [] }).value };
    const read = {
      token: emulator.tokens.create({
        permissions: ['D1 Read', 'Vectorize Read', 'Workers R2 Storage Read', 'Workers AI Read'],
      }).value,
    };
    const reads = [
      ['POST', `${database}/query`, { sql: 'SELECT * FROM t' }],
      ['POST', `${index}/query`, { vector: [1, 0, 0] }],
      ['GET', '/r2/buckets/guarded', undefined],
      ['POST', '/ai/run/@cf/baai/bge-base-en-v1.5', { text: 'x' }],
    ] as const;
    for (const [method, path, body] of reads) {
      assert.equal(await refusal(emulator, method, path, body, none), '403/10000', path);
      await get(emulator, method, path, body, read);
    }
    const upsert = lines({ id: 'x', values: [1, 0, 0] });
    assert.equal(
      await refusal(emulator, 'POST', `${index}/upsert`, upsert, { ...read, ...ndjson }),
      '403/10000',
    );
    assert.equal(await refusal(emulator, 'PUT', '/r2/buckets/guarded/objects/x', 'x', read), '403/10000');
    const insert = { sql: 'INSERT INTO t VALUES (1)' };
    assert.equal(await refusal(emulator, 'POST', `${database}/query`, insert, read), '403/10000');
    assert.deepEqual(await rowsOf(emulator, database, 'SELECT * FROM t'), []);
  });
});

describe("the emulated API's rate limit", () => {
  let now = 0;
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator({
      limits: { requestsPerWindow: 5, requestsPerSecond: 100 },
      now: () => now,
    });
  });
  after(() => emulator.close());

  it('counts down, then blocks every call of the user for a whole window, whichever the token', async () => {
    const another = { token: emulator.tokens.create().value };
    for (const left of [4, 3, 2, 1, 0]) {
      const { headers } = await send(emulator, 'GET', '~/accounts', undefined, left % 2 ? {} : another);
      assert.equal(headers.get('ratelimit'), `"default";r=${left};t=300`);
      assert.equal(headers.get('ratelimit-policy'), '"default";q=5;w=300');
      assert.equal(headers.get('retry-after'), null);
    }
    now += 100_000;
    const { status, errors, headers } = await send(emulator, 'GET', '~/accounts');
    assert.deepEqual([status, errors[0]?.code, headers.get('retry-after')], [429, 971, '300']);
    now += 299_000;
    assert.equal(await refusal(emulator, 'GET', '~/accounts', undefined, another), '429/971');
    now += 1_000;
    await get(emulator, 'GET', '~/accounts');
  });

  it('leaves a token that an account owns its own budget', async () => {
    const owned = { token: emulator.tokens.create({ kind: 'account' }).value };
    for (let i = 0; i < 5; i++) await get(emulator, 'GET', '~/accounts', undefined, owned);
    assert.equal(await refusal(emulator, 'GET', '~/accounts', undefined, owned), '429/971');
    await get(emulator, 'GET', '~/accounts');
  });

  it('refuses the 201st request within a second', async () => {
    await withEmulator({ now: () => now }, async (quick) => {
      const answers = await Promise.all(Array.from({ length: 201 }, () => send(quick, 'GET', '~/accounts')));
      assert.equal(answers.filter(({ status }) => status === 429).length, 1);
      now += 1_000;
      await get(quick, 'GET', '~/accounts');
    });
  });
});
