import assert from 'node:assert/strict';
import { createEmbedder } from '../../src/cloudflare/embeddingChoice.ts';
import { D1Database } from '../../src/cloudflare/d1.ts';
import { needsOtherLanguages } from '../../src/cloudflare/languages.ts';
import { createNodeFetch } from '../../src/cloudflare/nodeFetch.ts';
import { NoObjectStore } from '../../src/cloudflare/noObjectStore.ts';
import { R2ObjectStore } from '../../src/cloudflare/r2.ts';
import { type Rebuild, rebuildIndex } from '../../src/cloudflare/rebuildIndex.ts';
import { MemoryError } from '../../src/memory/errors.ts';
import { sendJson, startServer } from '../unit/cloudflare/scriptedServer.ts';
import { foundIn, longText, useCloud } from './cloudStoreFixture.ts';

const M3 = '@cf/baai/bge-m3';

describe('rebuilding the index for another model', () => {
  const cloud = useCloud();
  const nameOf = (path: string): string => path.split('/').at(-1) ?? '';

  const rebuild = async (model: string, more: Partial<Rebuild> = {}): Promise<Rebuild> => {
    const { database, index, bucket } = cloud.resources;
    const client = cloud.clientWith();
    const place = { client, account: cloud.emulator.accountId };
    return {
      ...place,
      sql: new D1Database({ ...place, database: nameOf(database) }),
      objects: new R2ObjectStore({ ...place, bucket: nameOf(bucket) }),
      index: nameOf(index),
      embedder: await createEmbedder(place, { model }),
      ...more,
    };
  };

  /** All but its last step. */
  const interruptedAtLast = async (plan: Rebuild): Promise<void> => {
    const { sql } = plan;
    const interrupted = {
      features: sql.features,
      read: sql.read.bind(sql),
      write: (...[statements, options]: Parameters<typeof sql.write>) =>
        statements[0]?.sql === 'DROP TABLE em_vectors'
          ? Promise.reject(new Error('the power is gone'))
          : sql.write(statements, options),
    };
    await assert.rejects(rebuildIndex({ ...plan, sql: interrupted }), /power is gone/);
  };

  it('finds by the new model what was stored, long and large content too, from every machine', async () => {
    const store = await cloud.open();
    await store.store({ content: 'The staging database listens on port 5433' });
    await store.store({ content: longText(6000, { start: 'long', end: 'the secret of the lighthouse' }) });
    await store.store({ content: longText(1_100_000, { start: 'large', end: 'the whale in the harbour' }) });
    await store.store({ content: 'Der Server steht im Keller und ist sehr laut, weil er alt ist' });
    const deleted = await store.store({ content: 'gone' });
    await store.delete([deleted.contentHash]);
    const seen: number[] = [];
    const done = await rebuildIndex(await rebuild(M3), { onProgress: (at) => seen.push(at) });
    assert.equal(done.index, `${nameOf(cloud.resources.index)}-v2`);
    assert.equal(done.embedded, 4);
    assert.ok(seen.length > 0);
    const elsewhere = await cloud.open();
    assert.equal(elsewhere.model.space, `${M3}:default`);
    assert.equal(elsewhere.index, done.index);
    assert.deepEqual((await elsewhere.verify()).problems, []);
    const found = await foundIn(elsewhere, { query: 'Keller', mode: 'meaning', limit: 1 });
    assert.match(found[0] ?? '', /Der Server/);
    assert.match(
      (await foundIn(elsewhere, { query: 'the secret of the lighthouse', limit: 1 }))[0] ?? '',
      /^long/,
    );
    await elsewhere.store({ content: 'stored afterwards' });
    assert.ok((await cloud.vectorIds(`/vectorize/v2/indexes/${done.index}`)).length === 5);
  });

  it('keeps serving the old index until the new one is complete, and goes on where it was interrupted', async () => {
    const store = await cloud.open();
    const sentence = (i: number): string => `Service ${i} of the shop is run by the team of room ${i}`;
    await store.storeMany(Array.from({ length: 250 }, (_, i) => ({ content: sentence(i) })));
    const controller = new AbortController();
    await assert.rejects(
      rebuildIndex(await rebuild(M3), {
        signal: controller.signal,
        onProgress: (at) => {
          if (at >= 100) controller.abort();
        },
      }),
    );
    const meanwhile = await cloud.open();
    assert.equal(meanwhile.model.dimensions, 768);
    assert.equal(
      (await foundIn(meanwhile, { query: sentence(7), mode: 'meaning', limit: 1 }))[0],
      sentence(7),
    );
    await meanwhile.store({ content: 'stored in between' });
    cloud.emulator.log.clear();
    const done = await rebuildIndex(await rebuild(M3));
    assert.equal(done.embedded, 251);
    const runs = cloud.emulator.log.entries.filter(({ path }) => path.includes('/ai/run/'));
    assert.ok(runs.length <= 3, `${runs.length} requests to the model`);
  });

  it('leaves the old index in place where it fails', async () => {
    const store = await cloud.open();
    await store.store({ content: 'a memory that lasts' });
    const plan = await rebuild(M3);
    const embed = (): Promise<never> => Promise.reject(new Error('the model is gone'));
    await assert.rejects(
      rebuildIndex({ ...plan, embedder: { model: plan.embedder.model, embed } }),
      /is gone/,
    );
    assert.equal((await cloud.open()).model.dimensions, 768);
    assert.equal((await rebuildIndex(plan)).embedded, 1);
  });

  it('keeps the memories that wait for the present index in line, where it is interrupted', async () => {
    cloud.emulator.faults.add({ kind: 'ai-daily-limit', path: /ai\/run/ });
    const store = await cloud.open();
    await store.store({ content: 'the heron that waits' });
    cloud.emulator.faults.clear();
    const plan = await rebuild(M3);
    await interruptedAtLast(plan);
    assert.equal((await store.stats()).embedding.pending, 1);
    await store.settle();
    const found = await foundIn(store, { query: 'the heron that waits', mode: 'meaning', limit: 1 });
    assert.deepEqual(found, ['the heron that waits']);

    assert.equal((await rebuildIndex(plan)).embedded, 1);
    assert.equal((await (await cloud.open()).stats()).embedding.pending, 0);
  });

  it('knows further chunks of an interrupted run, and leaves nothing of what was purged meanwhile', async () => {
    const store = await cloud.open();
    const long = longText(6000, { start: 'long', end: 'the secret of the lighthouse' });
    await store.store({ content: long });
    const { contentHash: purged } = await store.store({
      content: longText(6000, { start: 'gone', end: 'x' }),
    });
    const plan = await rebuild(M3);
    await interruptedAtLast(plan);
    await store.delete([purged]);
    await store.purge([purged]);
    const { index, embedded } = await rebuildIndex(plan);
    assert.equal(embedded, 1);
    assert.deepEqual(await cloud.sql('SELECT count(*) AS n FROM em_vectors'), [{ n: 1 }]);
    assert.equal((await cloud.vectorIds(`/vectorize/v2/indexes/${index}`)).length, 1);
    const later = await cloud.open({ now: () => Date.now() + 600_000 });
    assert.deepEqual((await later.verify()).problems, []);
    const query = { query: 'the secret of the lighthouse', mode: 'meaning', limit: 1 } as const;
    assert.deepEqual(await foundIn(later, query), [long]);
  });

  describe('while the memories are open elsewhere', () => {
    const openBefore = async () => {
      const told: string[] = [];
      const store = await cloud.open({ onOutdated: () => void told.push('outdated') });
      await store.store({ content: 'stored before' });
      return { store, told };
    };

    for (const [what, model] of [
      ['another model', M3],
      ['the same model', '@cf/baai/bge-base-en-v1.5'],
    ] as const)
      it(`puts what is stored there in line for the new index: ${what}`, async () => {
        const { store, told } = await openBefore();
        const { index } = await rebuildIndex(await rebuild(model));
        assert.deepEqual(told, []);
        const { contentHash } = await store.store({ content: 'the whale in the harbour' });
        await store.store({
          content: longText(6000, { start: 'long', end: 'the secret of the lighthouse' }),
        });
        await store.update((await store.store({ content: 'to edit' })).contentHash, { content: 'edited' });
        assert.deepEqual(told, ['outdated']);
        await assert.rejects(store.settle(), (error) => MemoryError.is(error, 'conflict'));
        const elsewhere = await cloud.open();
        assert.equal((await elsewhere.stats()).embedding.pending, 3);
        assert.deepEqual(await cloud.sql('SELECT DISTINCT space FROM em_vectors'), [
          { space: elsewhere.model.space },
        ]);
        await elsewhere.settle();
        assert.ok((await cloud.vectorIds(`/vectorize/v2/indexes/${index}`)).includes(contentHash));
        for (const query of ['a whale in the harbour', 'the secret of the lighthouse', 'edited'])
          assert.equal((await foundIn(elsewhere, { query, mode: 'meaning', limit: 1 })).length, 1, query);
        const found = await foundIn(elsewhere, { query: 'a whale', mode: 'meaning', limit: 1 });
        assert.deepEqual(found, ['the whale in the harbour']);
      });

    it('is noticed by a search and by a deletion, and said where nobody opens them anew', async () => {
      const { store, told } = await openBefore();
      const unwatched = await cloud.open();
      const warnings: string[] = [];
      unwatched.onDidChange((event) => event.kind === 'warning' && warnings.push(event.message));
      const deleting = await openBefore();
      await rebuildIndex(await rebuild(M3));
      await store.search({ query: 'stored before' });
      assert.deepEqual(told, ['outdated']);
      await unwatched.search({ query: 'stored before' });
      await unwatched.search({ query: 'stored before' });
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0] ?? '',
        /index of these memories was rebuilt elsewhere.*Start the program anew/,
      );
      const [memory] = (await deleting.store.list({})).items;
      await deleting.store.delete([memory?.contentHash ?? '']);
      assert.deepEqual(deleting.told, ['outdated']);
    });
  });

  it('is done though the answer to the last step is lost', async () => {
    const store = await cloud.open();
    await store.store({ content: 'a memory that lasts' });
    const plan = await rebuild(M3);
    const { sql } = plan;
    const losing = {
      features: sql.features,
      read: sql.read.bind(sql),
      write: (...[statements, options]: Parameters<typeof sql.write>) => {
        if (statements[0]?.sql === 'DROP TABLE em_vectors')
          cloud.emulator.faults.add({ kind: 'reset', applied: true, times: 1 });
        return sql.write(statements, options);
      },
    };
    assert.equal((await rebuildIndex({ ...plan, sql: losing })).embedded, 1);
    assert.deepEqual(await foundIn(await cloud.open(), { query: 'lasts' }), ['a memory that lasts']);
  });

  it('is refused where mcp-memory-service uses the database, unless a person says that it does not', async () => {
    await cloud.service.initialize();
    await cloud.service.store({ content: 'stored by the service', tags: [] });
    const store = await cloud.open();
    await store.repair();
    await assert.rejects(rebuildIndex(await rebuild(M3)), (error) => MemoryError.is(error, 'conflict'));
    const done = await rebuildIndex(await rebuild(M3, { serviceIsGone: true }));
    assert.equal(done.embedded, 1);
    assert.deepEqual(await foundIn(await cloud.open(), { query: 'stored by the service' }), [
      'stored by the service',
    ]);
  });

  it('stops before the limit of the plan, and changes nothing', async () => {
    const store = await cloud.open();
    await store.storeMany(Array.from({ length: 5 }, (_, i) => ({ content: `memory number ${i}` })));
    const plan = await rebuild(M3, { storedDimensions: 5 * 768 + 4 * 1024, objects: new NoObjectStore() });
    await assert.rejects(rebuildIndex(plan), (error) => MemoryError.is(error, 'limit-reached'));
    assert.equal((await cloud.open()).model.dimensions, 768);
  });

  it('uses a server that speaks OpenAI’s API, where its address is known', async () => {
    const key = 'sk-canary-0123456789';
    const server = await startServer(({ body }, response) => {
      const { input } = JSON.parse(body) as { input: string[] };
      const data = input.map((text, index) => ({
        index,
        embedding: [text.includes('whale') ? 1 : 0, 1, 0, 0],
      }));
      sendJson(response, { object: 'list', data });
    });
    const network = createNodeFetch();
    try {
      const store = await cloud.open();
      await store.store({ content: 'the whale in the harbour' });
      await store.store({ content: 'the lighthouse' });
      const endpoint = `${server.origin}/v1`;
      const access = { fetch: network.fetch, key: () => key };
      const plan = await rebuild(M3);
      const place = { client: plan.client, account: plan.account, access };
      const embedder = await createEmbedder(place, { model: 'nomic-embed-text', endpoint });
      const done = await rebuildIndex({ ...plan, embedder });
      assert.equal(done.embedded, 2);
      assert.ok(server.received.every(({ headers }) => headers.authorization === `Bearer ${key}`));
      const model = { model: 'nomic-embed-text', endpoint, dimensions: 4 };
      const elsewhere = await cloud.open({ config: model, access });
      const found = await foundIn(elsewhere, { query: 'a whale', mode: 'meaning', limit: 1 });
      assert.deepEqual(found, ['the whale in the harbour']);
      await assert.rejects(
        cloud.open(),
        /nomic-embed-text on an embedding server, and its address is not set/,
      );
      assert.ok(!cloud.log.join().includes(key));
    } finally {
      await network.close();
      await server.close();
    }
  });

  it('proposes another model where a fifth of the memories are in other languages', async () => {
    const store = await cloud.open();
    const { sql } = await rebuild(M3);
    const english = (i: number): string => `Service ${i} is run by the team that has room ${i}`;
    await store.storeMany(Array.from({ length: 9 }, (_, i) => ({ content: english(i) })));
    assert.equal(await needsOtherLanguages(sql, store.model), false);
    await store.storeMany(
      [
        'Der Server steht im Keller und ist sehr laut',
        'Die Datenbank wird in der Nacht gesichert und geprüft',
        'サーバーは地下にあります',
      ].map((content) => ({ content })),
    );
    assert.equal(await needsOtherLanguages(sql, store.model), true);
  });
});
