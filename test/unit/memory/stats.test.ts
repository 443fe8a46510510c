import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { keywordWay, useStore } from '../support/testStore.ts';

describe('the numbers of a store', () => {
  const test = useStore();

  it('are zero where it is empty', async () => {
    const { storageBytes, ...stats } = await test.store.stats();
    assert.deepEqual(stats, {
      live: 0,
      deleted: 0,
      pinned: 0,
      tags: 0,
      projects: 0,
      contentBytes: 0,
      oldest: undefined,
      newest: undefined,
      embedding: { space: 'bag-of-words', embedded: 0, pending: 0 },
      mode: { keyword: keywordWay, meaning: 'bag of words' },
    });
    assert.ok((storageBytes ?? 0) >= statSync(test.file).size);
  });

  it('count live memories, with their tags, pins, bytes and times; deleted ones apart', async () => {
    await test.store.storeMany([
      { content: 'é', tags: ['a', 'b'], project: 'p', createdAt: 20, pinned: true },
      { content: 'abc', tags: ['a'], project: 'q', createdAt: 30 },
      { content: 'deleted 1', tags: ['c'], project: 'r', createdAt: 10, pinned: true },
      { content: 'deleted 2', createdAt: 40 },
    ]);
    for await (const { content, contentHash } of test.store.iterate({}))
      if (content.startsWith('deleted')) await test.store.delete([contentHash]);
    const { live, deleted, pinned, tags, projects, contentBytes, oldest, newest } = await test.store.stats();
    assert.deepEqual(
      { live, deleted, pinned, tags, projects, contentBytes, oldest, newest },
      { live: 2, deleted: 2, pinned: 1, tags: 2, projects: 2, contentBytes: 5, oldest: 20, newest: 30 },
    );
  });

  it('tell how far the vectors are', async () => {
    await test.store.storeMany(['one', 'two', '三'].map((content) => ({ content })));
    assert.deepEqual((await test.store.stats()).embedding, {
      space: 'bag-of-words',
      embedded: 0,
      pending: 3,
    });
    assert.equal(await test.store.embedPending(1), 2);
    assert.equal((await test.store.stats()).embedding.pending, 2);
    assert.equal(await test.store.embedPending(), 0);
    // The third is in a language that the model does not know.
    assert.deepEqual((await test.store.stats()).embedding, {
      space: 'bag-of-words',
      embedded: 2,
      pending: 0,
    });
  });
});
