import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { type BulkResult, storeLines } from '../../src/cli/bulkStore.ts';
import { contentHashOf } from '../../src/memory/contentHash.ts';
import { MemoryError } from '../../src/memory/errors.ts';
import { allPermissions } from '../emulator/auth.ts';
import { foundIn, longText, storedIn, useCloud } from './cloudStoreFixture.ts';
import { get } from './emulatorRequests.ts';

const keyOf = (content: string): string => `content/${contentHashOf(content)}.txt`;
const refuses = (answer: Promise<unknown>, code: string, text: RegExp): Promise<void> =>
  assert.rejects(answer, (error) => {
    assert.ok(MemoryError.is(error));
    assert.deepEqual(
      [error.code, text.test(`${error.message} ${error.nextStep}`)],
      [code, true],
      String(error),
    );
    return true;
  });

describe('large content of the cloud store', () => {
  const cloud = useCloud();
  const small = { config: { largeContentBytes: 2000 } };

  it('lies in R2 under the name and behind the placeholder of mcp-memory-service, and reads back exactly', async () => {
    const store = await cloud.open();
    const content = `\ufeffBOM, CRLF\r\n, 🎉, \u0001 and "quotes" ${'Ünïcode\n'.repeat(160_000)}\n end `;
    const memory = await storedIn(store, { content });
    assert.ok(memory.content === content && !memory.truncated);
    const [row] = await cloud.sql('SELECT content, r2_key, content_size FROM memories');
    assert.deepEqual(row, {
      content: `[R2 Content: ${keyOf(content)}]`,
      r2_key: keyOf(content),
      content_size: Buffer.byteLength(content),
    });
    for await (const each of store.iterate({})) assert.ok(each.content === content);
  });

  it('is what takes more than 1 MiB; a higher threshold is lowered to what a row of D1 takes, with one warning', async () => {
    const warnings = (): string[] => cloud.log.filter((line) => line.includes('goes to R2'));
    const store = await cloud.open();
    await store.storeMany([
      { content: 'a'.repeat(1024 * 1024) },
      { content: 'b'.repeat(1024 * 1024 + 1) },
      // Twice as long in JSON, of which D1 takes as much.
      { content: 'c"'.repeat(500_000) },
    ]);
    const sizes = `SELECT substr(content, 1, 3) AS content FROM memories ORDER BY id`;
    assert.deepEqual(
      (await cloud.sql(sizes)).map((row) => row['content']),
      ['aaa', '[R2', 'c"c'],
    );
    assert.deepEqual(warnings(), []);
    const higher = await cloud.open({ config: { largeContentBytes: 5_000_000 } });
    assert.equal(warnings().length, 1);
    await higher.store({
      content: 'd'.repeat(1_499_000),
      tags: ['t'],
      metadata: { own: 'x'.repeat(10_000) },
    });
    await higher.store({ content: 'e'.repeat(1_501_000) });
    assert.deepEqual((await cloud.sql(sizes)).map((row) => row['content']).slice(3), ['ddd', '[R2']);
  });

  it('is found by keyword in its first part, and by meaning in its middle and end', async () => {
    const store = await cloud.open(small);
    const content = longText(20_000, {
      start: 'Zebras are striped animals',
      middle: 'A volcano erupted with glowing lava and ash',
      end: 'The orchestra rehearsed a symphony with violins',
    });
    await store.store({ content });
    await store.storeMany(
      Array.from({ length: 20 }, (_, i) => ({ content: `an unrelated remark number ${i}` })),
    );
    for (const query of ['zebras striped', 'volcano lava erupted', 'orchestra symphony violins'])
      assert.equal((await foundIn(store, { query, mode: 'meaning' }))[0], content.slice(0, 4096), query);
    assert.equal((await foundIn(store, { query: 'zebra', mode: 'keyword' })).length, 1);
    const rows = content.length / 1350;
    const chunks = await cloud.chunkIds();
    assert.ok(chunks.length >= rows - 1, `${chunks.length} further chunks`);
    assert.deepEqual((await cloud.vectorIds()).length, 21, 'one vector a memory in the shared index');
  });

  it('is found in the middle while Vectorize does not show it yet', async () => {
    cloud.emulator.settings.visibilityDelayMs = 120_000;
    try {
      const store = await cloud.open(small);
      const long = { start: 'Minutes', middle: 'A volcano erupted with lava', end: 'end' };
      await store.store({ content: longText(9000, long) });
      const { hits } = await store.search({ query: 'volcano lava', mode: 'meaning' });
      assert.equal(hits.length, 1);
    } finally {
      cloud.emulator.settings.visibilityDelayMs = 0;
    }
  });

  it('moves when an edit crosses the threshold; the object of the replaced text goes when that is purged', async () => {
    const store = await cloud.open(small);
    const [large, larger] = ['a walrus '.repeat(300), 'a narwhal '.repeat(400)];
    const first = await storedIn(store, { content: large, tags: ['sea'] });
    const second = await store.update(first.contentHash, { content: 'a small otter' });
    assert.deepEqual([second.content, second.truncated, second.tags], ['a small otter', false, ['sea']]);
    const third = await store.update(second.contentHash, { content: larger });
    assert.ok(third.content === larger && !third.truncated);
    assert.equal(
      (await store.get([first.contentHash]))[0]?.content,
      large,
      'replaced, it can still be restored',
    );
    await store.purge([first.contentHash, second.contentHash]);
    assert.deepEqual(await cloud.objectKeys(), [keyOf(larger)]);
    assert.equal((await foundIn(store, { query: 'narwhal', mode: 'keyword' })).length, 1);
  });

  it('moves when white space alone makes it small or large, and leaves no object behind', async () => {
    const store = await cloud.open(small);
    const wide = `${' '.repeat(3000)}an Ocelot`;
    const { contentHash } = await storedIn(store, { content: wide });
    assert.equal((await store.update(contentHash, { content: 'an ocelot' })).content, 'an ocelot');
    assert.deepEqual(await cloud.objectKeys(), []);
    assert.ok((await store.update(contentHash, { content: wide })).content === wide);
    assert.deepEqual(await cloud.objectKeys(), [keyOf(wide)]);
    assert.equal((await storedIn(store, { content: 'An OCELOT' })).content, 'An OCELOT');
    assert.deepEqual(await cloud.objectKeys(), []);
    assert.equal((await foundIn(store, { query: 'ocelot', mode: 'keyword' })).length, 1);
  });

  it('leaves R2 and both indexes with its memory', async () => {
    const store = await cloud.open(small);
    const { contentHash } = await storedIn(store, {
      content: longText(9000, { start: 'to go', end: 'gone' }),
    });
    assert.ok((await cloud.chunkIds()).length > 3);
    await store.delete([contentHash]);
    assert.deepEqual([await cloud.vectorIds(), await cloud.chunkIds()], [[], []]);
    assert.ok((await store.get([contentHash]))[0]?.content.endsWith('gone'));
    await store.restore([contentHash]);
    assert.ok((await cloud.chunkIds()).length > 3);
    await store.purge(await store.delete([contentHash]));
    assert.deepEqual(
      [await cloud.vectorIds(), await cloud.chunkIds(), await cloud.objectKeys()],
      [[], [], []],
    );
    assert.deepEqual(await cloud.sql('SELECT * FROM em_vectors'), []);
  });

  it('is never what something else answered in the place of R2', async () => {
    const store = await cloud.open(small);
    const content = longText(9000, { start: 'the real one', end: 'its end' });
    const { contentHash } = await store.store({ content });
    const page = { kind: 'huge-body', method: 'GET', path: /objects/, bytes: 5000 } as const;
    cloud.emulator.faults.add({ ...page, times: 1 });
    assert.ok((await store.get([contentHash]))[0]?.content === content, 'asked for again');
    cloud.emulator.faults.add(page);
    await refuses(store.get([contentHash]), 'damaged', /another length/);
  });

  it('waits for its vector until R2 answers itself, and holds up no other memory', async () => {
    const store = await cloud.open(small);
    const content = longText(9000, { start: 'the real one', end: 'its end' });
    const large = await storedIn(store, { content });
    const other = await storedIn(store, { content: 'a short one' });
    const hashes = [large.contentHash, other.contentHash].sort();
    await store.delete(hashes);
    cloud.emulator.faults.add({ kind: 'empty-body', method: 'GET', path: /objects/ });
    assert.deepEqual((await store.restore(hashes)).sort(), hashes);
    assert.deepEqual(await cloud.vectorIds(), [other.contentHash]);
    assert.equal((await store.stats()).embedding.pending, 1);
    const { contentHash: late } = await store.store({ content: 'a later one' });
    await cloud.sql('INSERT INTO em_embed_queue (content_hash, size) VALUES (?, 999999)', late);
    for (let run = 1; run <= 2; run++) await refuses(store.settle(), 'damaged', /another length/);
    assert.deepEqual(await cloud.sql('SELECT content_hash FROM em_embed_queue'), [
      { content_hash: large.contentHash },
    ]);
    cloud.emulator.faults.clear();
    await store.settle();
    assert.deepEqual(await cloud.vectorIds(), [...hashes, late].sort());
    assert.equal((await store.stats()).embedding.pending, 0);
  });

  it('waits no longer for its vector once R2 says that it has no such object', async () => {
    const store = await cloud.open(small);
    const content = longText(9000, { start: 'the real one', end: 'its end' });
    const { contentHash } = await store.store({ content });
    await store.delete([contentHash]);
    await get(
      cloud.emulator,
      'DELETE',
      `${cloud.resources.bucket}/objects/${encodeURIComponent(keyOf(content))}`,
    );
    await store.restore([contentHash]);
    await store.settle();
    assert.equal((await store.stats()).embedding.pending, 0);
    const { problems } = await store.verify();
    assert.ok(
      problems.some(({ kind }) => kind === 'missing-object'),
      JSON.stringify(problems),
    );
  });

  it('is refused without a bucket, with what to do, and everything else works', async () => {
    const store = await cloud.open({ config: { ...small.config, bucket: undefined } });
    await refuses(store.store({ content: 'x '.repeat(2000) }), 'too-large', /bucket.*Connect/);
    const { contentHash } = await store.store({ content: 'short' });
    await refuses(store.update(contentHash, { content: 'x '.repeat(2000) }), 'too-large', /bucket/);
    assert.equal(await store.count({}), 1);
    assert.deepEqual(await cloud.vectorIds(), [contentHash]);
  });

  it('is refused without a bucket before any other memory of a file is stored, and each of those once', async () => {
    const store = await cloud.open({ config: { bucket: undefined } });
    const lines = Array.from({ length: 1000 }, (_, i) => {
      const bytes = i === 900 ? 1_200_000 : 4096;
      return Buffer.from(JSON.stringify({ content: `line ${i} ${'of the file '.repeat(bytes / 12)}` }));
    });
    const result: BulkResult = { stored: 0, merged: 0, revived: 0, failed: [], bytes: 0 };
    const options = { signal: new AbortController().signal, onBatch: () => undefined };
    cloud.emulator.faults.add({ kind: 'ai-daily-limit', path: /ai\/run/ });
    await storeLines(store, Readable.from(lines), {}, result, options);
    const { failed, bytes, ...outcomes } = result;
    assert.deepEqual(outcomes, { stored: 999, merged: 0, revived: 0 });
    assert.deepEqual(
      failed.map(({ line }) => line),
      [901],
    );
    assert.ok(bytes > 5_000_000);
  });

  it('is explained where R2 is not enabled on the account', async () => {
    const store = await cloud.open(small);
    cloud.emulator.settings.r2Enabled = false;
    try {
      await refuses(store.store({ content: 'x '.repeat(2000) }), 'misconfigured', /R2 is not enabled/);
      assert.equal((await store.store({ content: 'short' })).outcome, 'stored');
    } finally {
      cloud.emulator.settings.r2Enabled = true;
    }
    assert.equal(await store.count({}), 1);
  });

  it('warns once where the threshold is above what a row takes, and stores what JSON makes six times as long', async () => {
    cloud.log.length = 0;
    const store = await cloud.open({ config: { largeContentBytes: 5_000_000 } });
    assert.equal(cloud.log.filter((line) => line.includes('goes to R2')).length, 1);
    const memory = await storedIn(store, { content: `start ${'\u0001'.repeat(800_000)} end` });
    assert.equal(memory.contentSize, 800_010);
    const most = await storedIn(store, { content: '"'.repeat(899_000) });
    assert.equal(most.content.length, 899_000);
  });

  it('that can not be read from here does not keep the others from their vectors', async () => {
    const [whole, withoutBucket] = [
      await cloud.open(small),
      await cloud.open({ config: { ...small.config, bucket: undefined } }),
    ];
    cloud.emulator.faults.add({ kind: 'ai-daily-limit', path: /ai\/run/ });
    await whole.storeMany([{ content: 'a walrus '.repeat(300) }, { content: 'a small otter' }]);
    cloud.emulator.faults.clear();
    await refuses(withoutBucket.embedPending(), 'not-found', /no bucket is connected.*Connect again/);
    assert.equal((await withoutBucket.stats()).embedding.pending, 1);
    assert.deepEqual(await foundIn(withoutBucket, { query: 'otter', mode: 'meaning' }), ['a small otter']);
    await withoutBucket.repair();
    const { value } = cloud.emulator.tokens.create({
      permissions: allPermissions.filter((name) => !name.includes('R2')),
    });
    await whole.store({ content: 'a small heron' });
    await cloud.sql(
      'INSERT INTO em_embed_queue SELECT content_hash, content_size FROM memories WHERE true ON CONFLICT DO NOTHING',
    );
    const withoutRight = await cloud.open({ ...small, client: { token: () => value } });
    await refuses(withoutRight.embedPending(), 'forbidden', /Workers R2 Storage Edit/);
    assert.equal((await withoutRight.stats()).embedding.pending, 1);
    assert.equal(await whole.embedPending(), 0);
  });

  it('many long ones fit into the statements of a batch', async () => {
    const store = await cloud.open();
    const memories = Array.from({ length: 12 }, (_, i) => ({
      content: longText(120_000, { start: `long one ${i}`, end: `end ${i}` }),
    }));
    const results = await store.storeMany(memories);
    assert.equal(results.length, 12);
    assert.equal(await store.count({}), 12);
    assert.equal((await cloud.vectorIds()).length, 12);
  });
});
