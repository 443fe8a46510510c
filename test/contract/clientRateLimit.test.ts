import assert from 'node:assert/strict';
import { D1Database } from '../../src/cloudflare/d1.ts';
import { RateBudget, type BudgetWait } from '../../src/cloudflare/rateBudget.ts';
import { HastyClock } from '../unit/cloudflare/testClock.ts';
import { useClient } from './clientFixture.ts';
import { createDatabase, send } from './emulatorRequests.ts';

describe('the client and the rate limit of an account', () => {
  const clock = new HastyClock();
  const fixture = useClient({
    now: () => clock.now(),
    limits: { requestsPerWindow: 40, windowSeconds: 300 },
  });
  const waits: BudgetWait[] = [];
  let database: D1Database;
  before(async () => {
    await createDatabase(fixture.emulator, 'limited');
    const budget = new RateBudget({ clock, onWait: (wait) => void waits.push(wait) });
    const client = fixture.clientWith(fixture.emulator.token, { clock, budget });
    database = new D1Database({ client, account: fixture.account, database: 'limited' });
    await database.write([{ sql: 'CREATE TABLE notes (n INTEGER PRIMARY KEY)' }]);
  });
  beforeEach(async () => {
    await clock.advance(601_000);
    fixture.emulator.log.clear();
    waits.length = 0;
  });

  const store = (n: number) =>
    database.write([{ sql: 'INSERT INTO notes VALUES (?) ON CONFLICT DO NOTHING', params: [n] }]);
  const stored = async (): Promise<unknown> => {
    const [rows] = await database.read([{ sql: 'SELECT count(*) AS n FROM notes' }]);
    return rows?.[0]?.['n'];
  };

  it('never runs into a limit that the answers announce', async () => {
    for (let n = 0; n < 100; n++) await store(n);
    assert.equal(await stored(), 100);
    assert.ok(fixture.emulator.log.entries.every(({ status }) => status === 200));
    assert.ok(waits.length > 0);
  });

  it('waits five minutes, and says so, when other programs have used it up; nothing is lost', async () => {
    // The first request above the limit blocks the account.
    for (let i = 0; i <= 40; i++) await send(fixture.emulator, 'GET', '/d1/database');
    const began = clock.now();
    await Promise.all(Array.from({ length: 20 }, (_, n) => store(1000 + n)));
    assert.equal(await stored(), 120);
    assert.ok(clock.now() - began >= 300_000);
    assert.ok(waits.some(({ reason, ms }) => reason === 'server' && ms > 200_000));
  });

  it('lets a person go when they do not want to wait', async () => {
    for (let i = 0; i <= 40; i++) await send(fixture.emulator, 'GET', '/d1/database');
    const controller = new AbortController();
    const budget = new RateBudget({ clock, onWait: () => controller.abort(new Error('too long')) });
    const client = fixture.clientWith(fixture.emulator.token, { clock, budget });
    const impatient = new D1Database({ client, account: fixture.account, database: 'limited' });
    await assert.rejects(impatient.read([{ sql: 'SELECT 1' }], { signal: controller.signal }), /too long/);
  });
});
