import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddingProgress } from '../../../src/memory/memory.ts';
import type { LocalStore } from '../../../src/local/localStore.ts';
import { type DisposableEmbedder, openLocalStore } from '../../../src/local/openLocalStore.ts';
import { bagOfWords } from '../support/bagOfWords.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';
import { builtWeights } from './useLite/builtWeights.ts';

const embedderWorker = new URL('../../../src/local/embedderWorker.ts', import.meta.url);

describe('Found by meaning', () => {
  const folder = temporaryFolder();
  let store: LocalStore | undefined;
  let weightsDirectory: string;

  const open = async (embedder?: DisposableEmbedder, background = true): Promise<LocalStore> =>
    (store = await openLocalStore(
      { database: folder('memory.db'), weightsDirectory, embedderWorker, background },
      embedder,
    ));
  const close = async (): Promise<void> => {
    await store?.close();
    store = undefined;
  };

  before(async () => {
    weightsDirectory = await builtWeights();
  });
  afterEach(close);

  it('is a short text within a second after it was stored, and by its words at once', async function () {
    this.retries(3); // other programs may take the time
    const opened = await open();
    await opened.search({ query: 'the model is read', mode: 'meaning' });
    const { contentHash } = await opened.store({ content: 'The car would not start this morning' });
    const storedAt = performance.now();
    const hits = async (query: string, mode: 'keyword' | 'meaning') =>
      (await opened.search({ query, mode })).hits.map(({ memory }) => memory.contentHash);
    assert.deepEqual(await hits('morning', 'keyword'), [contentHash]);
    await until(async () => (await hits('a vehicle has broken down', 'meaning')).includes(contentHash));
    const took = performance.now() - storedAt;
    assert.ok(took < 1000, `after ${took.toFixed(0)} ms`);
  });

  it('is a part of a long text, which the snippet shows', async () => {
    const opened = await open(undefined, false);
    const filler = (subject: string) =>
      Array.from(
        { length: 12 },
        (_, i) => `Note ${i} of the meeting was about ${subject} and its budget. `,
      ).join('');
    const needle =
      'The heating in the office stopped working, so everybody wore their coats. It was freezing all week. ' +
      'Some went home because their fingers were too stiff to type, and the plumber only came on Friday. ' +
      'Until then we made tea every hour, and sat close to the one electric heater that we have. ';
    const { contentHash } = await opened.store({
      content: `${filler('marketing')}${needle}${filler('advertising')}`,
    });
    await opened.store({ content: 'Unrelated: the parser reads JSON lines' });
    assert.equal(await opened.embedPending(), 0);
    const { hits } = await opened.search({ query: 'people were cold at their workplace', mode: 'meaning' });
    const [best] = hits;
    assert.ok(best);
    assert.equal(best.memory.contentHash, contentHash);
    assert.match(best.snippet.text, /freezing|fingers|heater|coats/);
    assert.ok(best.snippet.truncatedBefore && best.snippet.truncatedAfter);
  });

  describe('after the model changed', () => {
    const count = 40;
    const slow = (space: string): DisposableEmbedder => {
      const words = bagOfWords(space);
      return {
        ...words,
        embed: async (texts) => {
          await sleep(15);
          return words.embed(texts);
        },
      };
    };
    const spaces = (): unknown[] => {
      const database = new DatabaseSync(folder('memory.db'), { readOnly: true });
      const rows = database.prepare('SELECT space, count(*) AS n FROM em_local_vectors GROUP BY space').all();
      database.close();
      return rows.map((row) => ({ ...row }));
    };

    beforeEach(async () => {
      const old = await open(bagOfWords('old'), false);
      await old.storeMany(Array.from({ length: count }, (_, i) => ({ content: `apple number ${i}` })));
      await old.embedPending();
      assert.deepEqual(spaces(), [{ space: 'old', n: count }]);
      await close();
    });

    it('is everything again, in the background, through a restart in the middle', async () => {
      const progress: EmbeddingProgress[] = [];
      const first = await open(slow('new'));
      first.onDidChange((event) => {
        if (event.kind === 'embedding') progress.push(event.progress);
      });
      assert.deepEqual((await first.search({ query: 'apple', mode: 'meaning' })).hits, []);
      assert.equal((await first.search({ query: 'apple', mode: 'keyword', limit: 50 })).hits.length, count);
      await until(async () => (await first.stats()).embedding.embedded >= 5);
      assert.equal(progress[0]?.space, 'new');
      await close();

      const second = await open(slow('new'));
      const { embedded, pending } = (await second.stats()).embedding;
      assert.ok(embedded >= 5 && pending > 0, `${embedded} were done, ${pending} wait`);
      assert.equal(embedded + pending, count);
      await until(async () => (await second.stats()).embedding.pending === 0);
      const { hits } = await second.search({ query: 'apple', mode: 'meaning', limit: 50 });
      assert.equal(hits.length, count);
      assert.deepEqual(spaces(), [{ space: 'new', n: count }]);
    });

    it('is nothing computed anew where it is the same model', async () => {
      const same = await open(bagOfWords('old'), false);
      assert.deepEqual((await same.stats()).embedding, { space: 'old', embedded: count, pending: 0 });
    });

    it('is not what was deleted before', async () => {
      const old = await open(bagOfWords('old'), false);
      const { items } = await old.list({ limit: 10 });
      await old.delete(items.map(({ contentHash }) => contentHash));
      await close();
      const next = await open(bagOfWords('new'), false);
      assert.deepEqual(spaces(), [], 'the old vectors are gone');
      assert.equal(await next.embedPending(), 0);
      assert.deepEqual(spaces(), [{ space: 'new', n: count - 10 }]);
    });
  });
});
