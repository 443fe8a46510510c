import assert from 'node:assert/strict';
import { createNodeFetch, type NodeFetch } from '../../src/cloudflare/nodeFetch.ts';
import type { VerifyReport } from '../../src/memory/memory.ts';
import { get } from './emulatorRequests.ts';
import { foundIn, longText, storedIn, useCloud } from './cloudStoreFixture.ts';

const LATER = 1_200_000;

describe('verifying and repairing a cloud store', () => {
  const cloud = useCloud();
  const small = { config: { largeContentBytes: 4000 } };
  /** Twenty minutes later, when what was written has long been listed. */
  const later = { now: () => Date.now() + LATER };
  const counts = ({ problems }: VerifyReport): Record<string, number> =>
    Object.fromEntries(problems.map(({ kind, count }) => [kind, count]));

  it('finds nothing where nothing is wrong: deleted, large, long, chunked, in another language', async () => {
    const [writer, store] = [await cloud.open(small), await cloud.open({ ...small, ...later })];
    await writer.storeMany([
      { content: 'short', tags: ['a'] },
      { content: longText(3500, { start: 'long', end: 'x' }) },
      { content: longText(9000, { start: 'large', end: 'x' }) },
      { content: '数据库迁移在周五进行' },
    ]);
    const { contentHash } = await writer.store({ content: 'deleted' });
    await writer.delete([contentHash]);
    assert.deepEqual(await store.verify(), { checked: 5, problems: [] });
  });

  it('finds, counts and mends what does not agree', async () => {
    const writer = await cloud.open(small);
    const [first, second, large] = [
      await storedIn(writer, { content: 'the first heron', tags: ['bird'] }),
      await storedIn(writer, { content: 'the second otter' }),
      await storedIn(writer, { content: longText(9000, { start: 'a large one', end: 'x' }) }),
    ];
    const store = await cloud.open({ ...small, ...later });
    const { index, bucket } = cloud.resources;
    await get(cloud.emulator, 'POST', `${index}/delete_by_ids`, { ids: [first.contentHash] });
    const [chunk = ''] = await cloud.chunkIds();
    await get(cloud.emulator, 'POST', `${index}-chunks/delete_by_ids`, { ids: [chunk] });
    await get(cloud.emulator, 'POST', `${index}/delete_by_ids`, { ids: [second.contentHash] });
    await cloud.sql('DELETE FROM em_vectors WHERE content_hash = ?', second.contentHash);
    const values = Array.from({ length: 768 }, (_, i) => Math.cos(i));
    await cloud.upsert(index, JSON.stringify({ id: 'f'.repeat(64), values }));
    await cloud.upsert(`${index}-chunks`, JSON.stringify({ id: chunk.replace(/\..*/, '.99'), values }));
    await cloud.sql('UPDATE memories SET tags = ? WHERE content_hash = ?', 'wrong', first.contentHash);
    await cloud.sql(`INSERT INTO tags (name) VALUES ('orphan')`);
    await get(cloud.emulator, 'PUT', `${bucket}/objects/content%2F${'f'.repeat(64)}.txt`, 'of no memory');
    const found = counts(await store.verify());
    assert.deepEqual(found, {
      'wrong-tags-text': 1,
      'orphan-tag': 1,
      'missing-vector': 3,
      'orphan-vector': 2,
      'orphan-object': 1,
    });
    assert.deepEqual(counts(await store.repair()), {});
    assert.equal((await cloud.vectorIds()).length, 3);
    assert.deepEqual(await cloud.objectKeys(), [`content/${large.contentHash}.txt`]);
    for (const query of ['first heron', 'second otter'])
      assert.equal((await foundIn(store, { query, mode: 'meaning' })).length, 1, query);
  });

  it('names what is lost for good, and leaves it', async () => {
    const store = await cloud.open({ ...small, ...later });
    const { contentHash } = await store.store({ content: longText(9000, { start: 'large', end: 'x' }) });
    await get(cloud.emulator, 'DELETE', `${cloud.resources.bucket}/objects/content%2F${contentHash}.txt`);
    const { problems } = await store.repair();
    assert.deepEqual(problems, [{ kind: 'missing-object', count: 1, examples: [contentHash] }]);
  });

  it('does not take for wrong what is only fresh', async () => {
    cloud.emulator.settings.visibilityDelayMs = 120_000;
    try {
      const store = await cloud.open(small);
      await store.storeMany([{ content: 'one' }, { content: longText(9000, { start: 'large', end: 'x' }) }]);
      assert.deepEqual((await store.verify()).problems, []);
    } finally {
      cloud.emulator.settings.visibilityDelayMs = 0;
    }
  });

  it('takes a bounded number of requests: 3,000 memories in 20 and 60', async function () {
    this.timeout(60_000);
    const store = await cloud.open(later);
    await store.storeMany(
      Array.from({ length: 3000 }, (_, i) => ({ content: `remark number ${i} about the pier` })),
    );
    const verify = await cloud.emulator.log.during(() => store.verify());
    assert.deepEqual(verify.value.problems, []);
    assert.ok(verify.requests <= 20, `${verify.requests} to verify`);
    await cloud.sql(`DELETE FROM em_vectors WHERE content_hash < '4'`);
    const steps: (readonly [done: number, all: number])[] = [];
    const onProgress = (...step: readonly [number, number]) => steps.push(step);
    const repair = await cloud.emulator.log.during(() => store.repair({ onProgress }));
    assert.deepEqual(repair.value.problems, []);
    const all = steps[0]?.[1] ?? 0;
    assert.ok(all > 600, `${all} without the copy of their vector`);
    assert.deepEqual(
      [steps[0], steps.at(-1)],
      [
        [0, all],
        [all, all],
      ],
    );
    assert.ok(steps.length > 2, 'it tells what is between, too');
    assert.ok(repair.requests <= 60, `${repair.requests} to repair`);
  });

  it('indexes the words of many memories a range at a time, and takes those on their way for no problem', async function () {
    this.timeout(60_000);
    await cloud.service.initialize();
    const rows = Array.from({ length: 5000 }, (_, i) => ({ h: `hash${i}`, c: `memory number ${i}` }));
    await cloud.sql(
      `INSERT INTO memories (content_hash, content, created_at, created_at_iso)
        SELECT value->>'h', value->>'c', 1.0, '1970-01-01T00:00:01Z' FROM json_each(?)`,
      JSON.stringify(rows),
    );
    const network = createNodeFetch();
    const indexed: number[] = [];
    const fetch: NodeFetch['fetch'] = async (url, init) => {
      const answer = await network.fetch(url, init);
      if (url.endsWith('/query'))
        indexed.push(Number((await cloud.sql('SELECT count(*) AS n FROM em_words'))[0]?.['n']));
      return answer;
    };
    const most = (): number => Math.max(...indexed.map((n, i) => n - (indexed[i - 1] ?? 0)));
    try {
      // Not of interest here, and slow.
      const noVectors = { kind: 'ai-daily-limit', path: /ai\/run/ } as const;
      await (await cloud.open()).fillFullText();
      const store = await cloud.open({ client: { fetch } });
      const before = counts(await store.verify());
      assert.equal(before['missing-full-text'], undefined);
      cloud.emulator.faults.add(noVectors);
      await assert.rejects(store.repair());
      assert.equal(indexed.at(-1), 5000);
      assert.ok(most() <= 2000, `${most()} at once`);

      for (const table of ['em_words', 'em_trigrams'])
        await cloud.sql(`DELETE FROM ${table} WHERE rowid > 10`);
      assert.equal(counts(await store.verify())['missing-full-text'], 4990);
      indexed.length = 0;
      await assert.rejects(store.repair());
      assert.equal(indexed.at(-1), 5000);
      assert.ok(most() <= 2000, `${most()} at once`);
      assert.equal(counts(await store.verify())['missing-full-text'], undefined);
    } finally {
      await network.close();
    }
  });

  it('stops before the limit of the plan; what has no room waits and is found by keyword', async () => {
    const writer = await cloud.open();
    cloud.emulator.faults.add({ kind: 'ai-daily-limit', path: /ai\/run/ });
    await writer.storeMany(Array.from({ length: 10 }, (_, i) => ({ content: `remark ${i} about the pier` })));
    cloud.emulator.faults.clear();
    const store = await cloud.open({ ...later, config: { storedDimensions: 4 * 768 } });
    assert.deepEqual((await store.repair()).problems, []);
    assert.equal((await cloud.vectorIds()).length, 4);
    assert.deepEqual((await store.stats()).embedding.pending, 6);
    assert.equal((await foundIn(store, { query: 'pier', mode: 'keyword', limit: 20 })).length, 10);
    assert.deepEqual((await store.verify()).problems, []);

    // Neither the next opening nor a command to embed goes beyond it; a plan with more room does.
    const again = await cloud.open({ config: { storedDimensions: 4 * 768 } });
    await again.settle();
    assert.equal(await again.embedPending(), 6);
    assert.equal((await cloud.vectorIds()).length, 4);
    const { requests } = await cloud.emulator.log.during(() => again.settle());
    assert.ok(requests <= 5, `${requests} requests to see that there is no room`);
    const paid = await cloud.open();
    await paid.settle();
    assert.equal((await cloud.vectorIds()).length, 10);
  });

  it('stores a long memory whole or not at all beside the limit; it is found by keyword then', async () => {
    const limited = { config: { storedDimensions: 10 * 768 } };
    const store = await cloud.open(limited);
    const warnings: string[] = [];
    store.onDidChange((event) => event.kind === 'warning' && warnings.push(event.message));
    await store.store({ content: longText(6000, { start: 'glaciers', end: 'x' }) });
    const { length: stored } = [...(await cloud.vectorIds()), ...(await cloud.chunkIds())];
    assert.ok(stored > 3 && stored <= 10, `${stored} vectors`);
    assert.deepEqual(warnings, []);
    const long = longText(16_000, { start: 'volcanoes', end: 'lava' });
    await store.store({ content: long });
    assert.match(warnings.join(), /no room for more vectors/);
    assert.equal([...(await cloud.vectorIds()), ...(await cloud.chunkIds())].length, stored);
    assert.deepEqual(await foundIn(store, { query: 'volcanoes', mode: 'keyword' }), [long]);
    await storedIn(store, { content: 'a short one has its place' });
    assert.equal((await cloud.vectorIds()).length, 2);

    const reopened = await cloud.open(limited);
    const edited = await reopened.update((await storedIn(reopened, { content: 'short' })).contentHash, {
      content: longText(16_000, { start: 'edited', end: 'x' }),
    });
    assert.equal((await reopened.stats()).embedding.pending, 2);
    assert.deepEqual(await foundIn(reopened, { query: 'edited', mode: 'keyword' }), [edited.content]);
  });
});
