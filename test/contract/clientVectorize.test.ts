import assert from 'node:assert/strict';
import { CloudflareApiError } from '../../src/cloudflare/errors.ts';
import { listVectorizeIndexes, VectorizeIndex } from '../../src/cloudflare/vectorize.ts';
import { rejectsWith, useClient } from './clientFixture.ts';

/** A unit vector. */
const vector = (...values: number[]): Float32Array => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};

describe('VectorizeIndex against the emulator', () => {
  const fixture = useClient();
  let index: VectorizeIndex;
  before(async () => {
    index = new VectorizeIndex({ ...fixture.place, index: 'client-index' });
    assert.deepEqual(await index.create({ dimensions: 4, metric: 'cosine' }), {
      name: 'client-index',
      dimensions: 4,
      metric: 'cosine',
    });
  });

  it('gives back vectors as they were', async () => {
    const values = vector(0.1, -0.2, 0.3, 0.7);
    await index.upsert([{ id: 'a', values, metadata: { tags: 'x,y' } }]);
    const [stored] = await index.getByIds(['a', 'missing']);
    assert.deepEqual(stored?.metadata, { tags: 'x,y' });
    for (const [i, value] of values.entries()) assert.ok(Math.abs((stored.values[i] ?? 0) - value) < 1e-7);
  });

  it('finds the most similar first', async () => {
    await index.upsert([
      { id: 'north', values: vector(1, 0, 0, 0) },
      { id: 'north-east', values: vector(1, 1, 0, 0) },
      { id: 'up', values: vector(0, 0, 0, 1) },
    ]);
    const matches = await index.query(vector(1, 0.1, 0, 0), 2);
    assert.deepEqual(
      matches.map(({ id }) => id),
      ['north', 'north-east'],
    );
    assert.ok((matches[0]?.score ?? 0) > 0.99);
  });

  it('writes a thousand a request, deletes a hundred, reads twenty', async () => {
    const records = Array.from({ length: 1001 }, (_, i) => ({ id: `m${i}`, values: vector(1, i, 0, 0) }));
    const ids = records.map(({ id }) => id);
    const requests = async (action: () => Promise<unknown>): Promise<number> =>
      (await fixture.emulator.log.during(action)).requests;
    assert.equal(await requests(() => index.upsert(records)), 2);
    assert.equal(await requests(() => index.getByIds(ids.slice(0, 41))), 3);
    assert.equal(await requests(() => index.deleteByIds(ids)), 11);
  });

  it('lists ids page after page', async () => {
    const records = Array.from({ length: 1500 }, (_, i) => ({ id: `p${i}`, values: vector(1, i, 0, 0) }));
    await index.upsert(records);
    const first = await index.list();
    const second = await index.list(first.next);
    assert.equal(first.ids.length, 1000);
    assert.equal(second.next, undefined);
    const all = new Set([...first.ids, ...second.ids]);
    assert.ok(records.every(({ id }) => all.has(id)));
    assert.equal((await index.info()).vectorCount, all.size);
  });

  it('is in the account’s list', async () => {
    const found = await listVectorizeIndexes(fixture.place.client, fixture.account);
    assert.deepEqual(found, [{ name: 'client-index', dimensions: 4, metric: 'cosine' }]);
  });

  it('says that vectors of another model do not fit', async () => {
    const wrong = { id: 'w', values: vector(1, 2, 3) };
    await rejectsWith(index.upsert([wrong]), 'misconfigured', /client-index.*Rebuild Index/);
    await rejectsWith(index.query(vector(1, 2), 3), 'misconfigured', /dimensions/);
  });

  it('says that there is no such index', async () => {
    const missing = new VectorizeIndex({ ...fixture.place, index: 'nowhere' });
    await rejectsWith(missing.info(), 'misconfigured', /no Vectorize index nowhere.*Reconnect/);
  });

  it('says that the name is taken, except by its own lost answer', async () => {
    await rejectsWith(index.create({ dimensions: 4, metric: 'cosine' }), 'conflict', /client-index/);
    const other = new VectorizeIndex({ ...fixture.place, index: 'lost-answer' });
    fixture.emulator.faults.add({ kind: 'reset', applied: true, times: 1 });
    assert.equal((await other.create({ dimensions: 3, metric: 'cosine' })).dimensions, 3);
  });

  it('waits where it was called too often', async () => {
    fixture.emulator.faults.add({ kind: 'vectorize-too-many', times: 2, retryAfterSeconds: 0 });
    await index.upsert([{ id: 'again', values: vector(1, 0, 0, 0) }]);
  });

  it('carries Cloudflare’s ray with the error', async () => {
    const missing = new VectorizeIndex({ ...fixture.place, index: 'nowhere' });
    const error: unknown = await missing.info().catch((reason: unknown) => reason);
    assert.match(CloudflareApiError.of(error)?.ray ?? '', /^[0-9a-f]{16}-FRA$/);
  });
});
