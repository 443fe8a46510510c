import assert from 'node:assert/strict';
import { D1Database } from '../../src/cloudflare/d1.ts';
import { R2ObjectStore } from '../../src/cloudflare/r2.ts';
import { VectorizeIndex } from '../../src/cloudflare/vectorize.ts';
import { WorkersAiEmbedder } from '../../src/cloudflare/workersAi.ts';
import { rejectsWith, useClient } from './clientFixture.ts';
import { createDatabase } from './emulatorRequests.ts';

describe('tokens', () => {
  const fixture = useClient();
  before(() => createDatabase(fixture.emulator, 'client-test'));
  const databaseWith = (token: string) =>
    new D1Database({ client: fixture.clientWith(token), account: fixture.account, database: 'client-test' });
  const query = [{ sql: 'SELECT 1' }];

  it('that are wrong, expired or of no token’s form', async () => {
    const expired = fixture.emulator.tokens.create({ expiresOn: new Date(0) }).value;
    for (const token of ['x'.repeat(40), expired, 'short'])
      await rejectsWith(databaseWith(token).read(query), 'unauthorized', /Change Token/);
  });

  it('that no request can carry are not sent, nor shown', async () => {
    const { requests } = await fixture.emulator.log.during(() =>
      rejectsWith(databaseWith('cfut_line\nbreak').read(query), 'unauthorized', /^(?!.*cfut_).*no token has/),
    );
    assert.equal(requests, 0);
  });

  it('that lack a permission: it is named', async () => {
    const none = fixture.clientWith(fixture.emulator.tokens.create({ permissions: [] }).value);
    const at = { client: none, account: fixture.account };
    await rejectsWith(
      new D1Database({ ...at, database: 'client-test' }).read(query),
      'forbidden',
      /“D1 Edit”/,
    );
    await rejectsWith(new VectorizeIndex({ ...at, index: 'i' }).info(), 'forbidden', /“Vectorize Edit”/);
    await rejectsWith(
      new R2ObjectStore({ ...at, bucket: 'b' }).get('k'),
      'forbidden',
      /“Workers R2 Storage Edit”/,
    );
    await rejectsWith(
      WorkersAiEmbedder.probe({ ...at, model: '@cf/baai/bge-m3' }),
      'forbidden',
      /“Workers AI Read”/,
    );
  });

  it('that may only read', async () => {
    const reader = databaseWith(fixture.emulator.tokens.create({ permissions: ['D1 Read'] }).value);
    assert.deepEqual(await reader.read([{ sql: 'SELECT 1 AS n' }]), [[{ n: 1 }]]);
    await rejectsWith(reader.write([{ sql: 'CREATE TABLE t (a)' }]), 'forbidden', /“D1 Edit”/);
  });

  it('of another account, or from another address', async () => {
    const { value: elsewhere } = fixture.emulator.tokens.create({ accounts: [] });
    await rejectsWith(databaseWith(elsewhere).read(query), 'forbidden', /this account/);
    const { value: filtered } = fixture.emulator.tokens.create({ allowedIps: ['192.0.2.1'] });
    await rejectsWith(databaseWith(filtered).read(query), 'forbidden', /IP address/);
  });

  it('for a database that is not there', async () => {
    const missing = new D1Database({ ...fixture.place, database: 'nowhere' });
    await rejectsWith(missing.read(query), 'misconfigured', /no database nowhere.*Reconnect/);
  });
});
