import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { MemoryError } from '../../../src/memory/errors.ts';
import type { NewMemory, StoreEvent } from '../../../src/memory/memory.ts';
import type { LocalStore, LocalStoreOptions } from '../../../src/local/localStore.ts';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { WorkerStore } from '../../../src/local/workerStore.ts';
import { programs } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { builtWeights } from './useLite/builtWeights.ts';

const storeWorker = new URL('../../../src/local/storeWorker.ts', import.meta.url);
const embedderWorker = new URL('../../../src/local/embedderWorker.ts', import.meta.url);
const crashingWorker = new URL('workers/crashing.ts', import.meta.url);
const workerWithoutSqlite = new URL('workers/withoutSqlite.ts', import.meta.url);

const manyMemories = (count: number): NewMemory[] =>
  Array.from({ length: count }, (_, i) => ({
    content: `memory ${i}: ${'some words about the build and its many steps '.repeat(8)}`,
    tags: ['bulk', `t${i % 20}`],
  }));

const allOf = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('The store in a thread of its own', () => {
  const folder = temporaryFolder();
  const start = programs();
  let options: LocalStoreOptions;
  let store: WorkerStore;
  const closing = new Set<LocalStore>();

  const open = (script = storeWorker, more: Partial<LocalStoreOptions> = {}): WorkerStore => {
    store = new WorkerStore({ ...options, ...more, storeWorker: script, embedderWorker });
    closing.add(store);
    return store;
  };
  beforeEach(async () => {
    options = {
      database: folder('memory.db'),
      weightsDirectory: await builtWeights(),
      background: false,
    };
    open();
  });
  afterEach(async () => {
    for (const each of closing) await each.close();
    closing.clear();
  });

  it('gives the same answers as in the calling thread', async () => {
    const { contentHash: first } = await store.store({
      content: 'The staging database runs on port 5433',
      tags: ['database'],
      project: 'shop',
      metadata: { reviewed: true },
    });
    const { contentHash: second } = await store.store({
      content: 'Deploys happen on Tuesdays',
      supersedes: first,
    });
    const { contentHash: third } = await store.store({ content: 'Delete me' });
    await store.link({ source: first, target: second, relation: 'supports' });
    await store.keepProjectLocal('shop', true);
    await store.update(second, { addTags: ['rhythm'], pinned: true });
    assert.deepEqual(await store.delete([third]), [third]);
    assert.equal(await store.embedPending(), 0);
    await store.backUp();

    const direct = await openLocalStore(options);
    closing.add(direct);
    const questions: ((from: LocalStore) => Promise<unknown>)[] = [
      (from) => from.search({ query: 'where does postgres listen' }),
      (from) => from.search({ query: 'port 54', mode: 'exact' }),
      (from) => from.get([first, second, third]),
      (from) => from.resolve(first.slice(0, 6)),
      (from) => from.list({ filter: { project: 'shop' } }),
      (from) => allOf(from.iterate({})),
      (from) => from.count({ tags: ['rhythm'] }),
      (from) => from.related(first),
      (from) => from.history(second),
      (from) => from.facets('tags'),
      (from) => from.localProjects(),
      (from) => from.stats(),
      (from) => from.verify(),
      (from) => from.backups(),
      (from) => from.describe(),
    ];
    for (const ask of questions) {
      const expected = await ask(direct);
      assert.notDeepEqual(expected, [], `${ask.toString()} has an answer`);
      assert.deepEqual(await ask(store), expected, ask.toString());
    }
    assert.equal(await store.unlink(first, second), true);
    assert.deepEqual(await store.restore([third]), [third]);
    await store.delete([third]);
    assert.deepEqual(await store.purge([third]), [third]);
    assert.deepEqual((await store.repair()).problems, []);
  });

  it('rejects with the same typed errors', async () => {
    const direct = await openLocalStore(options);
    closing.add(direct);
    const mistakes: ((from: LocalStore) => Promise<unknown>)[] = [
      (from) => from.store({ content: ' ' }),
      (from) => from.resolve('xyz'),
      (from) => from.update('0'.repeat(64), { pinned: true }),
      (from) => from.related('0'.repeat(64), 9),
      (from) => from.restoreBackup(folder('none.db')),
    ];
    for (const make of mistakes) {
      const [expected, actual] = [await errorOf(make(direct)), await errorOf(make(store))];
      assert.ok(MemoryError.is(expected), String(expected));
      assert.ok(MemoryError.is(actual, expected.code), String(actual));
      assert.deepEqual([actual.message, actual.nextStep], [expected.message, expected.nextStep]);
    }
  });

  it('says why it cannot open, at every call, and opens once the obstacle is gone', async () => {
    writeFileSync(folder('data'), 'a file where a folder should be');
    const blocked = open(storeWorker, { database: folder('data', 'memory.db') });
    for (let call = 0; call < 2; call++)
      await assert.rejects(blocked.stats(), { name: 'MemoryError', message: /memory\.db/ });
    rmSync(folder('data'));
    assert.equal(await blocked.count({}), 0);
  });

  it('passes on events', async () => {
    const events: StoreEvent[] = [];
    const end = store.onDidChange((event) => events.push(event));
    await store.store({ content: 'something new' });
    assert.deepEqual(events, [{ kind: 'changed', by: 'this-process' }]);
    end();
    await store.store({ content: 'something newer' });
    assert.equal(events.length, 1);
  });

  describe('when a call is aborted', () => {
    it('rejects at once with the reason, and stores no further part of a bulk', async () => {
      const reason = new Error('changed my mind');
      const controller = new AbortController();
      store.onDidChange(() => controller.abort(reason));
      const bulk = store.storeMany(manyMemories(12_000), controller);
      await assert.rejects(bulk, (error) => error === reason);
      const stored = await store.count({});
      assert.ok(stored >= 1000 && stored <= 4000, `${stored} of 12000 were stored`);
      assert.equal(stored % 1000, 0, 'in whole transactions');
    });
  });

  it('answers others between the transactions of a bulk', async () => {
    await store.store({ content: 'a needle' });
    let done = false;
    const bulk = store.storeMany(manyMemories(8000)).then(() => (done = true));
    const { hits } = await store.search({ query: 'needle', mode: 'keyword' });
    assert.equal(hits.length, 1);
    assert.equal(done, false, 'the search did not wait for the end of the bulk');
    await bulk;
  });

  it('leaves the calling thread free while 5,000 memories are stored', async function () {
    this.retries(3); // other programs may hold it up too
    await store.count({});
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    await store.storeMany(manyMemories(5000));
    delay.disable();
    assert.ok(delay.max / 1e6 < 100, `it was blocked for ${(delay.max / 1e6).toFixed(0)} ms`);
  });

  it('rejects what waits when the thread breaks down, and goes on with the next call', async () => {
    const crashing = open(crashingWorker);
    const { contentHash } = await crashing.store({ content: 'acknowledged before' });
    const waiting = [crashing.storeMany(manyMemories(3000)), crashing.resolve('crash'), crashing.stats()];
    await Promise.all(
      waiting.map((call) =>
        assert.rejects(call, {
          name: 'MemoryError',
          code: 'storage-failed',
          message: /stopped unexpectedly: out of bounds/,
          nextStep: /Try again/,
        }),
      ),
    );
    assert.equal((await crashing.get([contentHash])).length, 1);
    assert.deepEqual((await crashing.verify()).problems, []);
  });

  it('says what is missing where Node has no SQLite', async () => {
    await assert.rejects(open(workerWithoutSqlite).stats(), {
      name: 'MemoryError',
      code: 'unsupported-runtime',
      message: /Node \d+\.\d+\.\d+, which has no node:sqlite/,
      nextStep: /^Update the editor/,
    });
  });

  it('closes in order: what was asked before is stored, what is asked later is refused', async () => {
    const { contentHash } = await store.store({ content: 'the last one' });
    await store.close();
    await assert.rejects(store.stats(), { name: 'MemoryError', message: /closed/ });
    assert.equal((await open().get([contentHash])).length, 1);
  });

  it('closes where it was never used', async () => {
    await store.close();
    await assert.rejects(store.stats(), { name: 'MemoryError', message: /closed/ });
  });

  for (const end of ['close', 'idle'])
    it(`lets its process end by itself, ${end === 'close' ? 'closed' : 'left open and idle'}`, async function () {
      this.retries(2); // other programs may take the time
      const program = start(new URL('programs/idleProgram.ts', import.meta.url), [
        options.database,
        options.weightsDirectory,
        end,
      ]);
      await program.linesWritten(1);
      const doneAt = performance.now();
      assert.equal(await program.ended, 0);
      const took = performance.now() - doneAt;
      assert.ok(took < 1000, `${took.toFixed(0)} ms after its work was done`);
      assert.equal(await store.count({}), 1);
    });
});
