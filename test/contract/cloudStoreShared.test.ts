import assert from 'node:assert/strict';
import { createNodeFetch, type NodeFetch } from '../../src/cloudflare/nodeFetch.ts';
import type { CloudStore } from '../../src/cloudflare/cloudStore.ts';
import { get, createDatabase } from './emulatorRequests.ts';
import { foundIn, longText, storedIn, useCloud } from './cloudStoreFixture.ts';

const LATER = 1_200_000;

describe('two databases with one index and bucket', () => {
  const cloud = useCloud();
  const small = { largeContentBytes: 4000 };
  const later = { now: () => Date.now() + LATER };
  let other = '';
  beforeEach(async () => {
    other =
      (await createDatabase(cloud.emulator, `${cloud.resources.database}-other`)).split('/').at(-1) ?? '';
  });
  const openOther = (): Promise<CloudStore> =>
    cloud.open({ config: { ...small, database: other }, ...later });

  it('leave each other’s vectors, chunks and large contents alone when they are repaired', async () => {
    const first = await cloud.open({ config: small });
    const long = longText(3500, { start: 'a long one', end: 'x' });
    const large = longText(9000, { start: 'a large one', end: 'x' });
    for (const content of ['the first heron', long, large]) await first.store({ content });
    const there = [await cloud.vectorIds(), await cloud.chunkIds(), await cloud.objectKeys()];
    assert.ok(there.every(({ length }) => length > 0));
    const second = await openOther();
    await second.store({ content: longText(3500, { start: 'another', end: 'x' }) });
    const mine = await storedIn(second, { content: 'the second otter' });
    assert.deepEqual((await second.verify()).problems, []);
    assert.deepEqual((await second.repair()).problems, []);
    const left = [await cloud.vectorIds(), await cloud.chunkIds(), await cloud.objectKeys()];
    for (const [i, names] of there.entries()) assert.ok(names.every((name) => left[i]?.includes(name)));
    assert.ok(left[0]?.includes(mine.contentHash));
    assert.deepEqual((await first.get([(await storedIn(first, { content: large })).contentHash])).length, 1);
    assert.deepEqual(await foundIn(first, { query: 'first heron', mode: 'meaning', limit: 1 }), [
      'the first heron',
    ]);
  });

  it('are still rid of what belongs to neither of them', async () => {
    const first = await cloud.open({ config: small });
    await first.store({ content: 'the first heron' });
    const { index, bucket } = cloud.resources;
    const values = Array.from({ length: 768 }, (_, i) => Math.cos(i));
    const orphan = 'f'.repeat(64);
    await cloud.upsert(index, JSON.stringify({ id: orphan, values }));
    await get(cloud.emulator, 'PUT', `${bucket}/objects/content%2F${orphan}.txt`, 'of no memory');
    const second = await openOther();
    const { problems } = await second.verify();
    assert.deepEqual(
      problems.map(({ kind, examples }) => [kind, examples]),
      [
        ['orphan-vector', [orphan]],
        ['orphan-object', [`content/${orphan}.txt`]],
      ],
    );
    assert.deepEqual((await second.repair()).problems, []);
    assert.equal((await cloud.vectorIds()).length, 1);
    assert.deepEqual(await cloud.objectKeys(), []);
  });

  it('leave what another program keeps beside them', async () => {
    const { index, bucket } = cloud.resources;
    const values = Array.from({ length: 768 }, (_, i) => Math.cos(i));
    await cloud.upsert(index, JSON.stringify({ id: 'page-17', values }));
    await get(cloud.emulator, 'PUT', `${bucket}/objects/content%2Findex.html`, 'a page');
    const store = await cloud.open({ config: small, ...later });
    assert.deepEqual((await store.repair()).problems, []);
    assert.deepEqual(
      [await cloud.vectorIds(), await cloud.objectKeys()],
      [['page-17'], ['content/index.html']],
    );
  });

  it('leave what may be another’s where the account’s databases can not be listed', async () => {
    const orphan = 'f'.repeat(64);
    const values = Array.from({ length: 768 }, (_, i) => Math.cos(i));
    await cloud.upsert(cloud.resources.index, JSON.stringify({ id: orphan, values }));
    const network = createNodeFetch();
    const refusal = { success: false, errors: [{ code: 10000, message: 'no' }], messages: [], result: null };
    const fetch: NodeFetch['fetch'] = (url, init) =>
      init.method === 'GET' && url.includes('/d1/database?')
        ? Promise.resolve(new Response(JSON.stringify(refusal), { status: 403 }))
        : network.fetch(url, init);
    try {
      const store = await cloud.open({ config: small, client: { fetch }, ...later });
      assert.deepEqual((await store.repair()).problems, []);
      assert.deepEqual(await cloud.vectorIds(), [orphan]);
      assert.match(
        cloud.log.join('\n'),
        /Left alone: vectors and large contents without a memory here \(1\)/,
      );
    } finally {
      await network.close();
    }
  });
});
