import assert from 'node:assert/strict';
import { type DisposableEmbedder, openLocalStore } from '../../../src/local/openLocalStore.ts';
import type { LocalStore } from '../../../src/local/localStore.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import { bagOfWords } from '../support/bagOfWords.ts';
import { keywordWay, refusal, useStore } from '../support/testStore.ts';

describe('the memories that wait for their vector', () => {
  const test = useStore();
  /** The file opened once more, by a process with this embedder. */
  const withEmbedder = async <T>(
    embedder: DisposableEmbedder,
    use: (store: LocalStore) => Promise<T>,
  ): Promise<T> => {
    const store = await openLocalStore(
      { database: test.file, weightsDirectory: '', background: false },
      embedder,
    );
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  };
  /** Keeps what it was asked to embed; fails where `fail` says so. */
  const listening = (seen: string[], fail: (text: string) => boolean = () => false): DisposableEmbedder => {
    const embedder = bagOfWords();
    return {
      ...embedder,
      embed: (texts, options) => {
        options?.signal?.throwIfAborted();
        if (texts.some(fail))
          throw new MemoryError('embedding-failed', 'The model broke.', 'Search by keyword.');
        seen.push(...texts);
        return embedder.embed(texts, options);
      },
    };
  };
  const pending = async () => (await test.store.stats()).embedding.pending;

  it('get it shortest first, as many as asked', async () => {
    await test.store.storeMany([
      { content: 'a much longer text' },
      { content: 'short' },
      { content: 'a longer text' },
    ]);
    const seen: string[] = [];
    await withEmbedder(listening(seen), async (store) => {
      assert.equal(await store.embedPending(1), 2);
      assert.equal(await store.embedPending(0), 2);
      assert.equal(await store.embedPending(), 0);
    });
    assert.deepEqual(seen, ['short', 'a longer text', 'a much longer text']);
  });

  it('get one for each chunk of a long text', async () => {
    const { contentHash } = await test.stored({ content: `${'alpha '.repeat(100)}${'omega '.repeat(100)}` });
    await test.store.embedPending();
    const rows = test.sql(
      'SELECT chunk FROM em_local_vectors WHERE content_hash = ? ORDER BY chunk',
      contentHash,
    );
    assert.deepEqual(
      rows.map(({ chunk }) => chunk),
      [0, 1, 2, 3, 4],
    );
    assert.equal((await test.store.stats()).embedding.embedded, 1);
  });

  it('get none where the model does not know their language', async () => {
    await test.store.storeMany([{ content: '数据库' }, { content: '!!!' }]);
    assert.equal(await test.store.embedPending(), 0);
    assert.equal((await test.store.stats()).embedding.embedded, 0);
  });

  it('get none where they were deleted in the meantime', async () => {
    const { contentHash } = await test.stored({ content: 'gone' });
    await test.store.delete([contentHash]);
    test.sql('INSERT INTO em_embed_queue (content_hash, size) VALUES (?, 4)', contentHash);
    const seen: string[] = [];
    await withEmbedder(listening(seen), (store) => store.embedPending());
    assert.deepEqual(seen, []);
    assert.deepEqual(test.sql('SELECT count(*) AS n FROM em_local_vectors'), [{ n: 0 }]);
  });

  it('wait on when the model fails, which is an error, and are found by keyword', async () => {
    await test.store.storeMany([{ content: 'one' }, { content: 'three' }]);
    await withEmbedder(
      listening([], () => true),
      async (store) => {
        await assert.rejects(store.embedPending(), refusal('embedding-failed'));
        const { hits, mode } = await store.search({ query: 'three' });
        assert.equal(hits.length, 1);
        assert.deepEqual(mode, {
          keyword: keywordWay,
          meaning: undefined,
          reducedBecause: 'keyword only: The model broke.',
        });
        await assert.rejects(store.search({ query: 'three', mode: 'meaning' }), refusal('embedding-failed'));
      },
    );
    assert.equal(await pending(), 2);
    assert.equal(await test.store.embedPending(), 0);
  });

  it('wait on when the signal aborts', async () => {
    await test.stored({ content: 'one' });
    const signal = AbortSignal.abort(new Error('closing'));
    await assert.rejects(test.store.embedPending(Infinity, { signal }), { message: 'closing' });
    assert.equal(await pending(), 1);
  });

  it('are still known to the next process', async () => {
    await test.stored({ content: 'one' });
    const seen: string[] = [];
    await withEmbedder(listening(seen), (store) => store.embedPending());
    assert.deepEqual(seen, ['one']);
    assert.equal(await pending(), 0);
  });

  it('are all of them after the model was changed, and its vectors are not compared with the older ones', async () => {
    await test.store.storeMany([{ content: 'one apple' }, { content: 'two apples' }]);
    const { contentHash } = await test.stored({ content: 'deleted apple' });
    await test.store.delete([contentHash]);
    await test.store.embedPending();
    const apples = { query: 'apple', mode: 'meaning' } as const;
    await withEmbedder(bagOfWords('another'), async (store) => {
      assert.deepEqual((await store.stats()).embedding, { space: 'another', embedded: 0, pending: 2 });
      assert.deepEqual((await store.search(apples)).hits, []);
      assert.equal(await store.embedPending(1), 1);
    });
    await withEmbedder(bagOfWords('another'), async (store) => {
      assert.deepEqual(
        (await store.stats()).embedding,
        { space: 'another', embedded: 1, pending: 1 },
        'goes on after a restart',
      );
      await store.embedPending();
      assert.equal((await store.search(apples)).hits.length, 1);
      assert.deepEqual((await store.verify()).problems, []);
    });
  });
});
