import assert from 'node:assert/strict';
import type { CloudStore } from '../../src/cloudflare/cloudStore.ts';
import { createNodeFetch } from '../../src/cloudflare/nodeFetch.ts';
import { MemoryError } from '../../src/memory/errors.ts';
import type { FaultRule } from '../emulator/faults.ts';
import { HastyClock } from '../unit/cloudflare/testClock.ts';
import { foundIn, longText, storedIn, useCloud } from './cloudStoreFixture.ts';

/** After which no process is about to give an object its record. Milliseconds. */
const MINUTES = 1_200_000;

const lostAnswers: readonly FaultRule[] = [
  { kind: 'reset' },
  { kind: 'truncated-body' },
  { kind: 'empty-body' },
  { kind: 'wrong-types' },
  { kind: 'unsuccessful' },
  { kind: 'server-error', status: 500 },
  { kind: 'server-error', status: 502 },
];

describe('an answer that is lost after the write took place', () => {
  const cloud = useCloud();

  for (const rule of lostAnswers)
    it(`is no error where the write holds: ${rule.kind}${rule.status === undefined ? '' : ` ${rule.status}`}`, async () => {
      const store = await cloud.open({ config: { largeContentBytes: 3000 } });
      await store.store({ content: longText(6000, { start: 'makes the second index', end: 'x' }) });
      const losing = async <T>(path: RegExp, action: () => Promise<T>): Promise<T> => {
        cloud.emulator.faults.add({ ...rule, path, applied: true, times: 1 });
        const value = await action();
        cloud.emulator.faults.clear();
        return value;
      };
      const content = longText(6000, { start: 'the large one', end: 'x' });
      const large = await losing(/query$/, () => store.store({ content, tags: ['a'] }));
      assert.equal(large.outcome, 'stored');
      const small = await losing(/upsert$/, () => store.store({ content: 'the small one' }));
      await losing(/objects/, () => store.store({ content: longText(6000, { start: 'another', end: 'x' }) }));
      await losing(/ai\/run/, () => store.store({ content: 'for which the model was asked twice' }));
      const hashes = [large.contentHash];
      assert.deepEqual((await losing(/query$/, () => store.update(hashes[0] ?? '', { tags: ['b'] }))).tags, [
        'b',
      ]);
      assert.deepEqual(await losing(/query$/, () => store.delete(hashes)), hashes);
      assert.ok(!(await cloud.vectorIds()).includes(large.contentHash), 'its vector is gone');
      assert.deepEqual(await losing(/query$/, () => store.restore(hashes)), hashes);
      assert.ok((await cloud.vectorIds()).includes(large.contentHash), 'its vector is back');
      assert.deepEqual(await losing(/delete_by_ids$/, () => store.delete(hashes)), hashes);
      assert.deepEqual(await losing(/query$/, () => store.purge(hashes)), hashes);
      assert.ok(!(await cloud.objectKeys()).includes(`content/${large.contentHash}.txt`));
      const edited = await losing(/query$/, () => store.update(small.contentHash, { content: 'edited' }));
      assert.equal(edited.content, 'edited');
      assert.deepEqual(
        (await losing(/query$/, () => store.store({ content: 'THE small one' }))).outcome,
        'stored',
      );
      assert.equal(await store.count({}), 5);
      assert.deepEqual((await store.verify()).problems, []);
    });
});

describe('a failure that lasts', () => {
  const cloud = useCloud();
  const warningsOf = (store: CloudStore): string[] => {
    const warnings: string[] = [];
    store.onDidChange((event) => event.kind === 'warning' && warnings.push(event.message));
    return warnings;
  };

  for (const kind of ['ai-daily-limit', 'ai-daily-limit-4006'] as const)
    it(`of the model (${kind}): stored, found by keyword, and said; embedded later`, async () => {
      const store = await cloud.open();
      const warnings = warningsOf(store);
      cloud.emulator.faults.add({ kind, path: /ai\/run/ });
      await store.store({ content: 'the sparrow nests under the roof' });
      assert.match(warnings[0] ?? '', /keyword only.*10,000 neurons.*reset/);
      const answer = await store.search({ query: 'sparrow roof' });
      assert.equal(answer.hits.length, 1);
      assert.match(answer.mode.reducedBecause ?? '', /10,000 neurons/);
      assert.equal((await store.stats()).embedding.pending, 1);
      cloud.emulator.faults.clear();
      await store.settle();
      assert.equal((await store.stats()).embedding.pending, 0);
      assert.equal((await foundIn(store, { query: 'sparrow roof', mode: 'meaning' })).length, 1);
    });

  it('of Vectorize: stored and said; the vector follows, deleted ones go', async () => {
    const store = await cloud.open();
    const warnings = warningsOf(store);
    const gone = await storedIn(store, { content: 'to be deleted in the meantime' });
    cloud.emulator.faults.add({ kind: 'server-error', path: /vectorize/ });
    const { contentHash } = await store.store({ content: 'the sparrow nests under the roof' });
    assert.equal(warnings.length, 1);
    assert.deepEqual(await store.delete([gone.contentHash]), [gone.contentHash]);
    assert.equal((await foundIn(store, { query: 'sparrow' })).length, 1);
    await assert.rejects(store.settle());
    cloud.emulator.faults.clear();
    await store.settle();
    assert.deepEqual(await cloud.vectorIds(), [contentHash]);
  });

  for (const isPurged of [false, true])
    it(`leaves no vector of a memory that was ${isPurged ? 'purged' : 'deleted'} while it was embedded`, async () => {
      const other = await cloud.open();
      let meanwhile: (() => Promise<unknown>) | undefined;
      const network = createNodeFetch();
      const store = await cloud.open({
        client: {
          fetch: async (url, init) => {
            const answer = await network.fetch(url, init);
            const act = url.endsWith('upsert') ? meanwhile : undefined;
            if (act !== undefined) meanwhile = undefined;
            await act?.();
            return answer;
          },
        },
      });
      cloud.emulator.faults.add({ kind: 'ai-daily-limit', path: /ai\/run/ });
      const content = longText(6000, { start: 'it waits for its vector', end: 'x' });
      const { contentHash } = await store.store({ content });
      cloud.emulator.faults.clear();
      meanwhile = async () => {
        await other.delete([contentHash]);
        if (isPurged) await other.purge([contentHash]);
      };
      await store.settle();
      assert.equal(meanwhile, undefined);
      assert.deepEqual([await cloud.vectorIds(), await cloud.chunkIds()], [[], []]);
      if (isPurged) assert.deepEqual(await cloud.sql('SELECT * FROM em_vectors'), []);
      await network.close();
    });

  it('of D1: an error, nothing shown, and neither vector nor object stays behind', async () => {
    let passed = 0;
    const store = await cloud.open({
      config: { largeContentBytes: 2000 },
      now: () => Date.now() + passed,
    });
    cloud.emulator.faults.add({ kind: 'd1-daily-writes', path: /query$/ });
    const content = 'a large one '.repeat(300);
    for (const each of [{ content: 'a small one' }, { content }])
      await assert.rejects(store.store(each), (error) => MemoryError.is(error, 'limit-reached'));
    cloud.emulator.faults.clear();
    assert.equal(await store.count({}), 0);
    await store.settle();
    assert.deepEqual([await cloud.vectorIds(), await cloud.chunkIds()], [[], []]);
    passed = MINUTES;
    await store.settle();
    assert.deepEqual(await cloud.objectKeys(), []);
  });

  it('of D1: what is stored again keeps its content, though what failed is cleared away meanwhile', async () => {
    const config = { largeContentBytes: 2000 };
    const content = longText(3000, { start: 'stored again', end: 'x' });
    let passed = 0;
    const failed = await cloud.open({ config, now: () => Date.now() + passed });
    cloud.emulator.faults.add({ kind: 'd1-daily-writes', path: /query$/ });
    await assert.rejects(failed.store({ content }));
    cloud.emulator.faults.clear();
    let meanwhile: (() => Promise<unknown>) | undefined;
    const network = createNodeFetch();
    const other = await cloud.open({
      config,
      client: {
        fetch: async (url, init) => {
          const act = url.endsWith('query') ? meanwhile : undefined;
          if (act !== undefined) meanwhile = undefined;
          await act?.();
          return network.fetch(url, init);
        },
      },
    });
    meanwhile = () => failed.settle();
    const { contentHash } = await other.store({ content });
    assert.equal(meanwhile, undefined);
    passed = MINUTES;
    await failed.settle();
    assert.ok((await other.get([contentHash]))[0]?.content === content);
    await network.close();
  });

  it('of every answer of D1: an error, though it took place; the vectors follow the records', async () => {
    const store = await cloud.open({ config: { largeContentBytes: 4000 } });
    const long = { content: longText(3500, { start: 'a long one', end: 'x' }) };
    const [gone, edited] = [await storedIn(store, { content: 'to be deleted' }), await storedIn(store, long)];
    cloud.emulator.faults.add({ kind: 'reset', path: /query$/, applied: true });
    await assert.rejects(store.delete([gone.contentHash]));
    await assert.rejects(store.store({ content: 'stored all the same' }));
    cloud.emulator.faults.clear();
    cloud.emulator.faults.add({ kind: 'reset', path: /query$/, applied: true, skip: 1 });
    await assert.rejects(store.update(edited.contentHash, { content: 'edited all the same' }));
    cloud.emulator.faults.clear();
    await store.settle();
    const live = (await store.list({})).items.map(({ contentHash }) => contentHash);
    assert.equal(live.length, 2);
    assert.deepEqual(await cloud.vectorIds(), live.sort());
    assert.deepEqual(await cloud.chunkIds(), []);
  });

  it('leaves the queue to the next one that opens the store', async () => {
    const store = await cloud.open();
    cloud.emulator.faults.add({ kind: 'ai-daily-limit', path: /ai\/run/ });
    await store.store({ content: 'the sparrow nests under the roof' });
    cloud.emulator.faults.clear();
    await store.close();
    await (await cloud.open()).settle();
    assert.equal((await cloud.vectorIds()).length, 1);
  });
});

describe('an account that is rate-limited for five minutes', () => {
  const cloud = useCloud();

  it('reads and writes wait, say so, and none is lost', async () => {
    const clock = new HastyClock();
    const store = await cloud.open({ client: { clock } });
    await store.store({ content: 'before' });
    cloud.log.length = 0;
    cloud.emulator.faults.add({ kind: 'throttled', retryAfterSeconds: 300, times: 1 });
    const from = clock.now();
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, (_, i) => store.store({ content: `while limited ${i}` })),
      store.search({ query: 'before' }),
      store.list({}),
    ]);
    assert.equal(answers.length, 12);
    assert.ok(clock.now() - from >= 300_000, 'five minutes passed');
    assert.ok(cloud.log.some((line) => line.includes('retry 1 of 3')));
    assert.equal(await store.count({}), 11);
    assert.equal((await cloud.vectorIds()).length, 11);
  });
});

describe('a token', () => {
  const cloud = useCloud();

  it('is in no error, log line, row, object or vector, whatever fails', async () => {
    const { token } = cloud.emulator;
    const errors: unknown[] = [];
    const store = await cloud.open({ config: { largeContentBytes: 2000 }, client: { maxRetries: 1 } });
    store.onDidChange((event) => errors.push(event));
    const trying = (answer: Promise<unknown>): Promise<void> =>
      answer.then(
        () => undefined,
        (error: unknown) => void errors.push(error),
      );
    for (const kind of [
      'throttled',
      'server-error',
      'challenge',
      'redirect',
      'unsuccessful',
      'wrong-types',
      'reset',
      'd1-daily-writes',
    ] as const) {
      cloud.emulator.faults.add({ kind, probability: 0.5 });
      await trying(store.store({ content: `memory with ${kind}` }));
      await trying(store.store({ content: longText(4000, { start: kind, end: kind }) }));
      await trying(store.search({ query: kind }));
      await trying(store.repair());
      cloud.emulator.faults.clear();
    }
    await store.settle();
    await trying(cloud.open({ client: { token: () => `${token}\n` } }));
    const seen = (error: unknown, depth = 0): string =>
      error instanceof Error && depth < 5
        ? `${error.stack ?? ''} ${JSON.stringify(error)} ${seen(error.cause, depth + 1)}`
        : JSON.stringify(error ?? '');
    assert.ok(errors.length > 5);
    const rows = await Promise.all(
      ['memories', 'tags', 'em_meta', 'em_info', 'em_embed_queue', 'em_vectors'].map((table) =>
        cloud.sql(`SELECT * FROM ${table}`),
      ),
    );
    const places = {
      errors: errors.map((error) => seen(error)),
      log: cloud.log,
      rows,
      keys: await cloud.objectKeys(),
    };
    for (const [place, value] of Object.entries(places))
      assert.ok(!JSON.stringify(value).includes(token), `the token is in the ${place}`);
    for (const { content } of (await store.list({ limit: 100 })).items) assert.ok(!content.includes(token));
  });
});
