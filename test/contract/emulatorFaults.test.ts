import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Emulator } from '../emulator/emulator.ts';
import { startEmulator } from '../emulator/emulator.ts';
import { Faults } from '../emulator/faults.ts';
import type { FaultKind } from '../emulator/faults.ts';
import { createDatabase, get, refusal, rowsOf, send } from './emulatorRequests.ts';

describe("the emulator's faults", () => {
  let emulator: Emulator;
  let database: string;
  before(async () => {
    emulator = await startEmulator({ seed: 7 });
    database = await createDatabase(emulator, 'faulty');
    await rowsOf(emulator, database, 'CREATE TABLE t (a)');
  });
  afterEach(() => emulator.faults.clear());
  after(() => emulator.close());

  const accounts = () => `${emulator.baseUrl}/accounts`;
  const authorization = () => ({ headers: { authorization: `Bearer ${emulator.token}` } });
  const insert = (value: number) =>
    send(emulator, 'POST', `${database}/query`, { sql: `INSERT INTO t VALUES (${value})` });
  const inserted = async (value: number): Promise<boolean> =>
    (await rowsOf(emulator, database, `SELECT 1 FROM t WHERE a = ${value}`)).length > 0;

  const refusals: Partial<Record<FaultKind, string>> = {
    'rate-limited': '429/10429',
    throttled: '429/971',
    'd1-overloaded': '429/7429',
    'd1-transient': '400/7500',
    'd1-daily-reads': '400/7500',
    'd1-daily-writes': '400/7500',
    'vectorize-too-many': '429/40041',
    'ai-capacity': '429/3040',
    'ai-daily-limit': '429/3036',
    'ai-daily-limit-4006': '429/4006',
    'server-error': '500/10000',
    unsuccessful: '200/10001',
  };
  for (const [kind, expected] of Object.entries(refusals) as [FaultKind, string][]) {
    it(`${kind} is ${expected}`, async () => {
      emulator.faults.add({ kind, times: 1 });
      assert.equal(await refusal(emulator, 'GET', '~/accounts'), expected);
      await get(emulator, 'GET', '~/accounts');
    });
  }

  it('a 429 says how long to wait', async () => {
    emulator.faults.add({ kind: 'rate-limited', retryAfterSeconds: 17 });
    assert.equal((await send(emulator, 'GET', '~/accounts')).headers.get('retry-after'), '17');
  });

  it('a gateway error and a firewall challenge are HTML with a cf-ray', async () => {
    emulator.faults.add({ kind: 'server-error', status: 502, times: 1 }, { kind: 'challenge' });
    const gateway = await fetch(accounts(), authorization());
    assert.deepEqual([gateway.status, gateway.headers.get('cf-mitigated')], [502, null]);
    const challenge = await fetch(accounts(), authorization());
    assert.deepEqual([challenge.status, challenge.headers.get('cf-mitigated')], [403, 'challenge']);
    assert.match(challenge.headers.get('cf-ray') ?? '', /^[0-9a-f]{16}-/);
    assert.match(await challenge.text(), /^<!DOCTYPE html>/);
  });

  it('a reset strikes before the write took place, or after it', async () => {
    emulator.faults.add({ kind: 'reset', times: 1 });
    await assert.rejects(insert(1));
    assert.equal(await inserted(1), false);
    emulator.faults.add({ kind: 'reset', times: 1, applied: true });
    await assert.rejects(insert(2));
    assert.equal(await inserted(2), true);
  });

  it('an empty and a truncated body come after a write that took place', async () => {
    emulator.faults.add(
      { kind: 'empty-body', times: 1, applied: true },
      { kind: 'truncated-body', times: 1, applied: true },
    );
    await assert.rejects(insert(3), SyntaxError);
    await assert.rejects(insert(4));
    assert.deepEqual([await inserted(3), await inserted(4)], [true, true]);
  });

  it('wrong types keep the shape and spoil each value', async () => {
    emulator.faults.add({ kind: 'wrong-types', applied: true });
    const { success, result } = await send(emulator, 'GET', '~/accounts');
    assert.equal(success, true);
    const [account] = (result as { items: { id: unknown; settings: unknown }[] }).items;
    assert.equal(account?.id, 42);
  });

  it('a huge body and deep nesting are sent whole', async () => {
    emulator.faults.add({ kind: 'huge-body', bytes: 5e6, times: 1 }, { kind: 'deep-nesting' });
    const huge = await fetch(accounts(), authorization());
    assert.ok((await huge.text()).length > 5e6);
    const nested = await fetch(accounts(), authorization());
    assert.match(await nested.text(), /^\{"result":\[{1000000}\]/);
  });

  it('a redirect points to another host', async () => {
    const seen: (string | undefined)[] = [];
    const elsewhere = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    emulator.faults.add({ kind: 'redirect', location });
    await fetch(accounts(), authorization());
    assert.deepEqual(seen, [undefined]);
    elsewhere.close();
    elsewhere.closeAllConnections();
  });

  it('silence lasts until the client gives up', async () => {
    emulator.faults.add({ kind: 'silence', times: 1 });
    await assert.rejects(fetch(accounts(), { ...authorization(), signal: AbortSignal.timeout(50) }), {
      name: 'TimeoutError',
    });
    await get(emulator, 'GET', '~/accounts');
  });

  it('strike by method, path, number and probability, the same for the same seed', async () => {
    emulator.faults.add({ kind: 'throttled', method: 'POST', path: /\/query$/, skip: 1, times: 1 });
    await get(emulator, 'GET', database);
    await rowsOf(emulator, database, 'SELECT 1');
    await get(emulator, 'GET', database);
    assert.equal(await refusal(emulator, 'POST', `${database}/query`, { sql: 'SELECT 1' }), '429/971');
    await rowsOf(emulator, database, 'SELECT 1');

    const strikes = (seed: number): string => {
      const faults = new Faults(seed);
      faults.add({ kind: 'throttled', probability: 0.3 });
      const struck = Array.from({ length: 100 }, () => faults.strike('GET', '/accounts') !== undefined);
      assert.equal(faults.injected.get('throttled'), struck.filter(Boolean).length);
      return struck.map(Number).join('');
    };
    const [first, again, other] = [strikes(1), strikes(1), strikes(2)];
    assert.equal(first, again);
    assert.notEqual(first, other);
    const struck = first.split('1').length - 1;
    assert.ok(struck > 15 && struck < 45, `${struck} of 100`);
  });
});

describe("the emulator's request log", () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator({ settings: { latencyMs: 20 } });
  });
  after(() => emulator.close());

  const ask = () => send(emulator, 'GET', '~/accounts');

  it('counts requests and those that waited for one another', async () => {
    const { requests, roundTrips, ms } = await emulator.log.during(async () => {
      await Promise.all([ask(), ask(), ask()]);
      await Promise.all([ask(), ask()]);
      await ask();
    });
    assert.deepEqual([requests, roundTrips], [6, 3]);
    assert.ok(ms >= 60, `${ms}`);
  });

  it('has method, path, status, bytes, times and the fault of each', async () => {
    emulator.faults.add({ kind: 'throttled', times: 1 });
    const { entries } = await emulator.log.during(async () => {
      await ask();
      await send(emulator, 'POST', '/d1/database', { name: 'logged' });
    });
    const [first, second] = entries;
    assert.deepEqual(
      [first?.method, first?.path, first?.status, first?.fault],
      ['GET', '/accounts', 429, 'throttled'],
    );
    assert.deepEqual([second?.method, second?.status, second?.requestBytes], ['POST', 200, 17]);
    assert.ok((second?.responseBytes ?? 0) > 100);
    assert.ok((second?.end ?? 0) - (second?.start ?? 0) >= 19);
  });
});
