import assert from 'node:assert/strict';
import Cloudflare from 'cloudflare';
import type { Emulator } from '../emulator/emulator.ts';
import { startEmulator } from '../emulator/emulator.ts';

describe("Cloudflare's own SDK on the emulator", () => {
  let emulator: Emulator;
  let client: Cloudflare;
  let account_id: string;

  before(async () => {
    emulator = await startEmulator();
    account_id = emulator.accountId;
    client = new Cloudflare({ baseURL: emulator.baseUrl, apiToken: emulator.token, maxRetries: 0 });
  });
  after(() => emulator.close());

  async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
    const items: T[] = [];
    for await (const item of pages) items.push(item);
    return items;
  }

  it('verifies tokens and lists accounts', async () => {
    assert.equal((await client.user.tokens.verify()).status, 'active');
    assert.deepEqual(
      (await collect(client.accounts.list())).map(({ id }) => id),
      [account_id],
    );
    const owned = new Cloudflare({
      baseURL: emulator.baseUrl,
      apiToken: emulator.tokens.create({ kind: 'account' }).value,
      maxRetries: 0,
    });
    await assert.rejects(owned.user.tokens.verify(), { status: 401 });
    assert.equal((await owned.accounts.tokens.verify({ account_id })).status, 'active');
  });

  it('creates, queries, lists and deletes D1 databases', async () => {
    const { uuid = '' } = await client.d1.database.create({
      account_id,
      name: 'sdk',
      primary_location_hint: 'weur',
    });
    await client.d1.database.query(uuid, { account_id, sql: 'CREATE TABLE t (a TEXT)' });
    const batch = [{ sql: 'INSERT INTO t VALUES (?)', params: ['x'] }, { sql: 'SELECT * FROM t' }];
    const results = await collect(client.d1.database.query(uuid, { account_id, batch }));
    assert.deepEqual(results[1]?.results, [{ a: 'x' }]);
    const raw = await collect(
      client.d1.database.raw(uuid, { account_id, sql: 'SELECT a AS one, a AS two FROM t' }),
    );
    assert.deepEqual(raw[0]?.results, { columns: ['one', 'two'], rows: [['x', 'x']] });
    assert.equal((await collect(client.d1.database.list({ account_id, name: 'sdk' }))).length, 1);
    assert.equal((await client.d1.database.get(uuid, { account_id })).name, 'sdk');
    assert.ok((await client.d1.database.timeTravel.getBookmark(uuid, { account_id })).bookmark);
    await client.d1.database.delete(uuid, { account_id });
    await assert.rejects(client.d1.database.get(uuid, { account_id }), (error: unknown) => {
      assert.ok(error instanceof Cloudflare.NotFoundError);
      assert.equal(error.errors[0]?.code, 7404);
      return true;
    });
  });

  it('creates, fills, queries and deletes Vectorize indexes', async () => {
    const { indexes } = client.vectorize;
    await indexes.create({ account_id, name: 'sdk', config: { dimensions: 3, metric: 'cosine' } });
    await indexes.metadataIndex.create('sdk', { account_id, propertyName: 'type', indexType: 'string' });
    const vectors = ['a', 'b', 'c'].map((id, i) => ({ id, values: [1, i, 0], metadata: { type: id } }));
    const body = new File([vectors.map((vector) => JSON.stringify(vector)).join('\n')], 'vectors.ndjson');
    const { mutationId } = (await indexes.upsert('sdk', { account_id, body })) ?? {};
    const info = await indexes.info('sdk', { account_id });
    assert.deepEqual([info?.vectorCount, info?.processedUpToMutation], [3, mutationId]);
    const found = await indexes.query('sdk', {
      account_id,
      vector: [1, 0, 0],
      filter: { type: { $ne: 'a' } },
      returnMetadata: 'all',
    });
    assert.deepEqual(
      found?.matches?.map(({ id, metadata }) => [id, metadata]),
      [
        ['b', { type: 'b' }],
        ['c', { type: 'c' }],
      ],
    );
    assert.equal(
      ((await indexes.getByIDs('sdk', { account_id, ids: ['a', 'missing'] })) as unknown[]).length,
      1,
    );
    await indexes.deleteByIDs('sdk', { account_id, ids: ['a'] });
    assert.deepEqual((await indexes.listVectors('sdk', { account_id }))?.vectors, [{ id: 'b' }, { id: 'c' }]);
    const listed = await indexes.metadataIndex.list('sdk', { account_id });
    assert.deepEqual(listed?.metadataIndexes, [{ propertyName: 'type', indexType: 'string' }]);
    await indexes.delete('sdk', { account_id });
    assert.deepEqual(await collect(indexes.list({ account_id })), []);
  });

  it('creates R2 buckets, and puts, gets, lists and deletes objects', async () => {
    const { buckets } = client.r2;
    await buckets.create({ account_id, name: 'sdk-bucket' });
    const at = { account_id, bucket_name: 'sdk-bucket' };
    const put = await buckets.objects.upload('content/a.txt', 'text', at);
    assert.equal(put.key, 'content/a.txt');
    for (const key of ['b', 'c', 'd']) await buckets.objects.upload(key, 'x', at);
    assert.equal(await (await buckets.objects.get('content/a.txt', at)).text(), 'text');
    const keys = await collect(buckets.objects.list('sdk-bucket', { account_id, per_page: 2 }));
    assert.deepEqual(
      keys.map(({ key }) => key),
      ['b', 'c', 'content/a.txt', 'd'],
    );
    for (const { key = '' } of keys) await buckets.objects.delete(key, at);
    await buckets.delete('sdk-bucket', { account_id });
    assert.deepEqual((await buckets.list({ account_id })).buckets, []);
  });

  it('runs models and finds them', async () => {
    const answer = await client.ai.run('@cf/baai/bge-base-en-v1.5', { account_id, text: ['one', 'two'] });
    assert.deepEqual((answer as { shape: unknown }).shape, [2, 768]);
    assert.ok((await collect(client.ai.models.list({ account_id }))).length > 3);
  });

  it('retries a 429 after the time that it says, and maps each status to its error class', async () => {
    const patient = client.withOptions({ maxRetries: 1 });
    emulator.faults.add({ kind: 'rate-limited', retryAfterSeconds: 1, times: 1 });
    const { requests, ms } = await emulator.log.during(() => patient.user.tokens.verify());
    assert.equal(requests, 2);
    assert.ok(ms >= 1000, `${ms}`);
    emulator.faults.add({ kind: 'server-error', status: 503, times: 1 });
    await assert.rejects(client.user.tokens.verify(), Cloudflare.InternalServerError);
    emulator.faults.add({ kind: 'reset', times: 1 });
    await assert.rejects(client.user.tokens.verify(), Cloudflare.APIConnectionError);
  });
});
