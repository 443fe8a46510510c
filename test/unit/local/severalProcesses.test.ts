import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoreEvent } from '../../../src/memory/memory.ts';
import type { LocalStore } from '../../../src/local/localStore.ts';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { type Program, programs } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { type StoreProgram, storeProgram } from './programs/storeProgram.ts';
import { builtWeights } from './useLite/builtWeights.ts';

const PROCESSES = 4;
const STORES = 250;

describe('A store in several processes', () => {
  const folder = temporaryFolder();
  const start = programs();
  let database: string;
  let weightsDirectory: string;
  let own: LocalStore | undefined;

  const open = async (background: boolean): Promise<LocalStore> =>
    (own = await openLocalStore({ database, weightsDirectory, background }));
  const openElsewhere = async (background: boolean): Promise<Program<StoreProgram>> => {
    const program = start<StoreProgram>(storeProgram, []);
    await program.ask.open({ database, weightsDirectory, background });
    return program;
  };

  before(async () => {
    weightsDirectory = await builtWeights();
  });
  beforeEach(() => {
    database = folder('memory.db');
  });
  afterEach(async () => {
    await own?.close();
    own = undefined;
  });

  it(`loses nothing and refuses nothing while ${PROCESSES} processes store ${STORES} memories each`, async function () {
    this.timeout(60_000);
    // They make the file at the same time, too.
    const all = await Promise.all(Array.from({ length: PROCESSES }, () => openElsewhere(false)));
    const acknowledged = await Promise.all(
      all.map(async ({ ask }, writer) => {
        const hashes: string[] = [];
        for (let i = 0; i < STORES; i++) {
          const content = `memory ${i} of process ${writer}`;
          const { contentHash, outcome } = await ask.store({ content, tags: [`p${writer}`, 'all'] });
          assert.equal(outcome, 'stored');
          hashes.push(contentHash);
        }
        return hashes;
      }),
    );
    const store = await open(false);
    const stored = await store.get(acknowledged.flat());
    assert.equal(stored.length, PROCESSES * STORES);
    assert.equal(await store.count({}), PROCESSES * STORES);
    assert.equal(await store.count({ tags: ['all', 'p3'], tagMatch: 'all' }), STORES);
    assert.deepEqual((await store.verify()).problems, []);
  });

  it('merges what two processes store at the same time', async () => {
    const [a, b] = await Promise.all([openElsewhere(false), openElsewhere(false)]);
    for (let i = 0; i < 20; i++) {
      const outcomes = await Promise.all(
        [a, b].map(({ ask }, who) => ask.store({ content: `the same ${i}`, tags: [`by ${who}`] })),
      );
      assert.deepEqual(outcomes.map(({ outcome }) => outcome).sort(), ['merged', 'stored']);
    }
    const { items } = await (await open(false)).list({});
    assert.equal(items.length, 20);
    for (const { tags } of items) assert.deepEqual([...tags].sort(), ['by 0', 'by 1']);
  });

  it('announces another process’s memory within a second, and finds it by keyword and by meaning', async function () {
    this.retries(2); // other programs may hold it up
    const store = await open(true);
    const other = await openElsewhere(true);
    await sleep(600); // what opening it announced
    const events: { readonly event: StoreEvent; readonly at: number }[] = [];
    store.onDidChange((event) => events.push({ event, at: Date.now() }));
    const { contentHash } = await other.ask.store({ content: 'The deployment pipeline failed on Friday' });
    const storedAt = Date.now();
    const byKeyword = await store.search({ query: 'pipeline', mode: 'keyword' });
    assert.deepEqual(
      byKeyword.hits.map((hit) => hit.memory.contentHash),
      [contentHash],
      'at once',
    );
    await until(() => events.some(({ event }) => event.kind === 'changed' && event.by === 'another-process'));
    const told = events.find(({ event }) => event.kind === 'changed');
    assert.ok(told && told.at - storedAt < 1000, `after ${(told?.at ?? 0) - storedAt} ms`);
    await until(async () => (await store.stats()).embedding.pending === 0);
    const { hits } = await store.search({ query: 'the release could not be rolled out', mode: 'meaning' });
    assert.deepEqual(
      hits.map((hit) => hit.memory.contentHash),
      [contentHash],
    );
  });

  it('does not announce its own writes as another’s', async () => {
    const store = await open(true);
    await sleep(600);
    const events: StoreEvent[] = [];
    store.onDidChange((event) => events.push(event));
    await store.store({ content: 'my own' });
    await until(async () => (await store.stats()).embedding.pending === 0);
    await sleep(600);
    assert.deepEqual(
      events.filter((event) => event.kind === 'changed' && event.by === 'another-process'),
      [],
    );
  });

  describe('of which one restores a backup while another one goes on', () => {
    it('loses nothing that was acknowledged: it is there, or in the backup made just before', async () => {
      const [restorer, writer] = await Promise.all([openElsewhere(false), openElsewhere(false)]);
      await restorer.ask.storeMany(
        Array.from({ length: 300 }, (_, i) => ({ content: `from the backup ${i}` })),
      );
      const { file } = await restorer.ask.backUp();
      const restored = new AbortController();
      const before: string[] = [];
      const after: string[] = [];
      const writing = (async () => {
        for (let i = 0; after.length < 50; i++) {
          // Counts as stored after only where it was asked after the restore had ended.
          const list = restored.signal.aborted ? after : before;
          list.push(
            (await writer.ask.store({ content: `stored meanwhile ${i}`, tags: [`t${i}`] })).contentHash,
          );
          const { hits } = await writer.ask.search({ query: 'backup 299', mode: 'keyword' });
          assert.match(hits[0]?.memory.content ?? '', /from the backup 299/);
        }
      })();
      await until(() => before.length > 20);
      await restorer.ask.restoreBackup(file);
      restored.abort();
      await writing;

      const store = await open(false);
      assert.equal((await store.get(after)).length, after.length);
      const live = new Set((await store.get(before)).map(({ contentHash }) => contentHash));
      const replaced = before.filter((hash) => !live.has(hash));
      assert.ok(replaced.length > 20, `${replaced.length} were replaced`);
      assert.deepEqual((await store.verify()).problems, []);
      const [saved] = await store.backups();
      await store.restoreBackup(saved?.file ?? '');
      assert.equal((await store.get(replaced)).length, replaced.length);
      assert.deepEqual((await store.verify()).problems, []);
    });

    it('finds by meaning what was restored, in every process', async () => {
      const store = await open(false);
      const { contentHash } = await store.store({ content: 'The deployment pipeline failed on Friday' });
      await store.embedPending();
      const { file } = await store.backUp();
      await store.delete([contentHash]);
      const other = await openElsewhere(false);
      await other.ask.storeMany(
        Array.from({ length: 30 }, (_, i) => ({ content: `A recipe for soup ${i}` })),
      );
      await other.ask.embedPending();
      const meant = { query: 'the release could not be rolled out', mode: 'meaning' } as const;
      assert.deepEqual((await other.ask.search(meant)).hits, []);
      await store.restoreBackup(file);
      const { hits } = await other.ask.search(meant);
      assert.deepEqual(
        hits.map(({ memory }) => memory.contentHash),
        [contentHash],
      );
      const soup = { query: 'how to cook soup', mode: 'meaning' } as const;
      assert.deepEqual((await other.ask.search(soup)).hits, []);
    });
  });
});
