import assert from 'node:assert/strict';
import { removeOurTables } from '../../src/cloudflare/cloudSchema.ts';
import { D1Database } from '../../src/cloudflare/d1.ts';
import type { CloudStore } from '../../src/cloudflare/cloudStore.ts';
import type { MemoryFilter, SearchMode } from '../../src/memory/memory.ts';
import { foundIn, storedIn, useCloud } from './cloudStoreFixture.ts';

const MODES: readonly SearchMode[] = ['keyword', 'meaning', 'hybrid'];

const other = (i: number): string =>
  `Remark ${i}: ${['the invoice', 'a meeting', 'the printer', 'a holiday'][i % 4] ?? ''} of unit ${i % 91} came up`;

for (const writer of ['Edge Memory', 'mcp-memory-service'] as const)
  describe(`a search among 5,000 memories of ${writer}`, function () {
    this.timeout(120_000);
    const cloud = useCloud({ shared: true });
    let store: CloudStore;
    const wanted = Array.from(
      { length: 10 },
      (_, i) => `The telescope number ${i} observes distant galaxies at night`,
    );
    const closer = Array.from({ length: 150 }, (_, i) => `distant galaxies, telescope ${i}`);

    before(async () => {
      store = await cloud.open();
      await store.storeMany([
        ...Array.from({ length: 4840 }, (_, i) => ({
          content: other(i),
          tags: i % 2 === 0 ? ['common', 'work'] : ['work'],
          createdAt: 2_000_000 + i,
        })),
        ...closer.map((content) => ({ content, tags: ['work'], createdAt: 1_500_000 })),
        ...wanted.map((content) => ({
          content,
          tags: ['common', 'rare'],
          project: 'stars',
          createdAt: 1_000_000,
        })),
      ]);
      if (writer === 'mcp-memory-service') store = await reopenedAsTheirs();
    });

    /** What the store wrote, without anything that the service would not have written. */
    const reopenedAsTheirs = async (): Promise<CloudStore> => {
      const place = { client: cloud.clientWith(), account: cloud.emulator.accountId };
      const database = cloud.resources.database.split('/').at(-1) ?? '';
      await removeOurTables(new D1Database({ ...place, database }));
      const reopened = await cloud.open();
      for (let left = Infinity; left > 0;) left = await reopened.fillFullText();
      const { requests } = await cloud.emulator.log.during(async () => {
        for (let left = Infinity; left > 0;) left = await reopened.copyVectors();
      });
      assert.ok(requests <= 320, `${requests} requests to copy 5,000 vectors`);
      assert.equal((await reopened.stats()).embedding.embedded, 5000);
      return reopened;
    };

    const findsAll = async (filter: MemoryFilter): Promise<void> => {
      for (const mode of MODES) {
        const { value, requests, roundTrips } = await cloud.emulator.log.during(() =>
          store.search({ query: 'telescope distant galaxies', mode, filter, limit: 10 }),
        );
        assert.deepEqual(value.hits.map(({ memory }) => memory.content).sort(), wanted, mode);
        assert.ok(
          requests <= 4 && roundTrips <= 3,
          `${mode}: ${requests} requests in ${roundTrips} round trips`,
        );
      }
    };

    it('finds all ten that match and have a rare tag, though 150 others are closer', () =>
      findsAll({ tags: ['rare'] }));
    it('finds them by project', () => findsAll({ project: 'stars' }));
    it('finds them by time', () => findsAll({ time: { to: 1_400_000 } }));
    it('finds them where more than 1,000 pass the filter, though 150 others are closer', () =>
      findsAll({ tags: ['common'] }));

    it('finds 50 and 100 where as many are asked for', async () => {
      for (const limit of [50, 100])
        for (const mode of MODES)
          assert.equal(
            (await foundIn(store, { query: 'telescope distant galaxies', mode, limit })).length,
            limit,
            `${mode} ${limit}`,
          );
    });

    it('finds nothing where nothing passes the filter', async () => {
      for (const mode of MODES)
        assert.deepEqual(
          await foundIn(store, { query: 'telescope', mode, filter: { tags: ['none'] } }),
          [],
          mode,
        );
    });
  });

describe('a search among a thousand long memories', function () {
  this.timeout(120_000);
  const cloud = useCloud();

  it('finds by a filter that all of them pass, and reads no more than a part of their vectors', async () => {
    const store = await cloud.open();
    const wanted = 'The telescope observes distant galaxies at night';
    await store.storeMany(
      [wanted, ...Array.from({ length: 999 }, (_, i) => other(i))].map((content) => ({
        content,
        tags: ['long'],
      })),
    );
    // As if each had 69 chunks more, without meaning: 1,024 characters a vector, 131 a code.
    await cloud.sql(
      `UPDATE em_vectors SET chunks = 70, written_at = 0, vectors = vectors || replace(hex(zeroblob(35328)), '0', 'A'),
        codes = rtrim(codes, '=') || replace(hex(zeroblob(4520)), '0', 'A')`,
    );
    const reader = await cloud.open();
    for (const mode of ['meaning', 'hybrid'] as const) {
      const { value, entries, requests } = await cloud.emulator.log.during(() =>
        reader.search({ query: 'telescope distant galaxies', mode, filter: { tags: ['long'] }, limit: 1 }),
      );
      assert.equal(value.hits[0]?.memory.content, wanted);
      const bytes = Math.max(...entries.map(({ responseBytes = 0 }) => responseBytes));
      assert.ok(bytes > 4_000_000 && bytes < 14_000_000, `${bytes} bytes`);
      assert.ok(requests <= 4, `${requests} requests`);
    }
  });
});

describe('a search while Vectorize is behind', () => {
  const cloud = useCloud();

  it('finds fresh writes at once, another process too', async () => {
    cloud.emulator.settings.visibilityDelayMs = 120_000;
    const store = await cloud.open();
    const reader = await cloud.open();
    await store.storeMany(Array.from({ length: 100 }, (_, i) => ({ content: other(i) })));
    await store.store({ content: 'The telescope observes distant galaxies' });
    assert.deepEqual(await cloud.vectorIds(), []);
    for (const each of [store, reader])
      for (const mode of MODES)
        assert.equal(
          (await foundIn(each, { query: 'telescope galaxies', mode }))[0],
          'The telescope observes distant galaxies',
          mode,
        );
  });

  it('does not read back what this process wrote, and finds what another one writes', async () => {
    const [writer, reader] = [await cloud.open(), await cloud.open()];
    await writer.storeMany(
      Array.from({ length: 400 }, (_, i) => ({ content: `the room ${i} of the house` })),
    );
    await reader.store({ content: 'a lighthouse in the fog' });
    const bytesOf = async (store: typeof writer): Promise<number> => {
      const { entries, value } = await cloud.emulator.log.during(() =>
        store.search({ query: 'lighthouse', mode: 'meaning', limit: 1 }),
      );
      assert.equal(value.hits[0]?.memory.content, 'a lighthouse in the fog');
      return Math.max(...entries.map(({ responseBytes = 0 }) => responseBytes));
    };
    const [own, others] = [await bytesOf(writer), await bytesOf(reader)];
    assert.ok(own < others / 2, `${own} and ${others} bytes`);
  });

  it('finds a whole import at once', async () => {
    cloud.emulator.settings.visibilityDelayMs = 120_000;
    const store = await cloud.open();
    await store.storeMany(
      Array.from({ length: 900 }, (_, i) => ({ content: other(i), createdAt: 1000 + i })),
    );
    const { hits } = await store.search({ query: other(450), mode: 'meaning', limit: 5 });
    assert.equal(hits[0]?.memory.content, other(450));
  });

  it('finds what is left where closer ones were just deleted, in another process too', async () => {
    cloud.emulator.settings.visibilityDelayMs = 0;
    const [store, reader] = [await cloud.open(), await cloud.open()];
    const left = Array.from({ length: 5 }, (_, i) => `The telescope number ${i} stands on a hill at night`);
    const closer = await store.storeMany(
      Array.from({ length: 30 }, (_, i) => ({ content: `the telescope on the hill ${i}` })),
    );
    await reader.storeMany(left.map((content) => ({ content })));
    cloud.emulator.settings.visibilityDelayMs = 120_000;
    await store.delete(closer.map(({ contentHash }) => contentHash));
    assert.equal((await cloud.vectorIds()).length, 35, 'Vectorize still has them');
    for (const each of [store, reader, await cloud.open()]) {
      const query = { query: 'telescope on the hill', mode: 'meaning', limit: 10 } as const;
      assert.deepEqual((await foundIn(each, query)).sort(), left);
    }
  });

  it('finds fresh writes of another process, though it has deleted hundreds that were closer', async () => {
    cloud.emulator.settings.visibilityDelayMs = 120_000;
    const [store, writer] = [await cloud.open(), await cloud.open()];
    const content = 'The telescope stands on a hill at night';
    const closer = await writer.storeMany(
      Array.from({ length: 450 }, (_, i) => ({ content: `the telescope on the hill ${i}` })),
    );
    await writer.store({ content });
    await writer.delete(closer.map(({ contentHash }) => contentHash));
    for (const each of [store, writer])
      assert.deepEqual(await foundIn(each, { query: 'telescope on the hill', mode: 'meaning' }), [content]);
  });

  it('never shows what is deleted, though Vectorize still has it', async () => {
    cloud.emulator.settings.visibilityDelayMs = 0;
    const store = await cloud.open();
    const memory = await storedIn(store, { content: 'The telescope observes distant galaxies' });
    cloud.emulator.settings.visibilityDelayMs = 120_000;
    await store.delete([memory.contentHash]);
    assert.deepEqual(await cloud.vectorIds(), [memory.contentHash]);
    for (const mode of MODES)
      assert.deepEqual(await foundIn(store, { query: 'telescope galaxies', mode }), [], mode);
  });
});
