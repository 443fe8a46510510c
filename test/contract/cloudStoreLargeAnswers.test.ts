import assert from 'node:assert/strict';
import type { CloudStore } from '../../src/cloudflare/cloudStore.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { foundIn, useCloud } from './cloudStoreFixture.ts';

const COUNT = 500;
const BYTES = 150_000;

describe('five hundred memories of 150 KB each, more than D1 answers at once', function () {
  this.timeout(120_000);
  const cloud = useCloud({ shared: true });
  let store: CloudStore;
  let hashes: readonly string[];

  before(async () => {
    store = await cloud.open();
    const results = await store.storeMany(
      Array.from({ length: COUNT }, (_, i) => ({ content: `report ${i} `.padEnd(12), createdAt: i })),
    );
    hashes = results.map(({ contentHash }) => contentHash);
    // As if it were their text; half of them as a program that does not note the length.
    await cloud.sql(
      `UPDATE memories SET content = content || replace(hex(zeroblob(${(BYTES - 12) / 2})), '0', 'x'),
        content_size = CASE WHEN id % 2 THEN ${BYTES} END`,
    );
  });

  const isWhole = ({ content, contentSize, truncated }: Memory): boolean =>
    content.length === BYTES && contentSize === BYTES && !truncated;

  it('are all gone through, whole and in their order', async () => {
    let i = 0;
    const { requests } = await cloud.emulator.log.during(async () => {
      for await (const memory of store.iterate({})) {
        assert.equal(memory.contentHash, hashes[i++]);
        assert.ok(isWhole(memory), `${memory.content.length} characters`);
      }
    });
    assert.equal(i, COUNT);
    assert.ok(requests <= 40, `${requests} requests`);
  });

  it('are all read by their hashes', async () => {
    const memories = await store.get(hashes);
    assert.deepEqual(
      memories.map(({ contentHash }) => contentHash),
      hashes,
    );
    assert.ok(memories.every(isWhole));
  });

  it('are listed and found, as many as are asked for, by their beginning', async () => {
    const { items } = await store.list({ limit: COUNT, order: 'oldest' });
    assert.deepEqual(
      items.map(({ contentHash }) => contentHash),
      hashes,
    );
    assert.ok(items.every(({ content }) => content.startsWith('report') && content.length > 10_000));
    assert.equal((await foundIn(store, { query: 'report', mode: 'keyword', limit: 300 })).length, 300);
  });
});

describe('more hashes than one parameter of D1 takes', function () {
  this.timeout(60_000);
  const cloud = useCloud();

  it('are deleted, restored and purged, each thousand by itself', async () => {
    const store = await cloud.open();
    const known = (await store.storeMany(['one', 'two', 'three'].map((content) => ({ content })))).map(
      ({ contentHash }) => contentHash,
    );
    const [first = '', second = '', third = ''] = known;
    const unknown = Array.from({ length: 32_000 }, (_, i) => i.toString(16).padStart(64, '0'));
    const all = [first, ...unknown.slice(0, 15_000), second, ...unknown.slice(15_000), third];
    assert.deepEqual(await store.delete(all), known);
    assert.deepEqual(await store.restore(all), known);
    await store.delete(known);
    assert.deepEqual(await store.purge(all), known);
    assert.deepEqual(await store.get(all), []);
    assert.deepEqual(await cloud.sql('SELECT * FROM memories'), []);
  });
});
