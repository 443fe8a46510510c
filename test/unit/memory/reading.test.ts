import assert from 'node:assert/strict';
import { contentHashOf } from '../../../src/memory/contentHash.ts';
import { refusal, useStore } from '../support/testStore.ts';

const NOBODY = 'f'.repeat(64);

describe('getting memories by hash', () => {
  const test = useStore();

  it('answers them in the order asked, without those that are not there', async () => {
    const [a, b] = [await test.stored({ content: 'a' }), await test.stored({ content: 'b' })];
    const [first, second] = [a.contentHash, b.contentHash];
    assert.deepEqual(await test.store.get([second, NOBODY, first, second]), [b, a, b]);
    assert.deepEqual(await test.store.get([]), []);
    assert.deepEqual(await test.store.get(['', '"\\', '\ud800']), []);
  });

  it('takes any number of hashes', async () => {
    const results = await test.store.storeMany(Array.from({ length: 1500 }, (_, i) => ({ content: `${i}` })));
    const read = await test.store.get(results.map(({ contentHash }) => contentHash).toReversed());
    assert.deepEqual(
      read.map(({ content }) => Number(content)),
      Array.from({ length: 1500 }, (_, i) => 1499 - i),
    );
  });

  it('takes a stored hash as it is, whatever recipe made it', async () => {
    const { contentHash } = await test.stored({ content: 'old' });
    test.sql('UPDATE memories SET content_hash = ? WHERE content_hash = ?', 'mem_old-Recipe', contentHash);
    assert.equal((await test.get('mem_old-Recipe')).content, 'old');
    assert.equal(
      (await test.store.update('mem_old-Recipe', { addTags: ['t'] })).contentHash,
      'mem_old-Recipe',
    );
    assert.deepEqual(await test.store.delete(['mem_old-Recipe']), ['mem_old-Recipe']);
  });
});

describe('the beginning of a hash', () => {
  const test = useStore();

  it('is enough to name a memory, deleted ones too', async () => {
    const { contentHash } = await test.stored({ content: 'x' });
    await test.store.delete([contentHash]);
    for (const length of [4, 12, 64])
      assert.deepEqual(await test.store.resolve(contentHash.slice(0, length)), [contentHash]);
    assert.deepEqual(await test.store.resolve('0000'), []);
  });

  it('answers at most 10 of those that share it, and no others', async () => {
    await test.store.storeMany(Array.from({ length: 20 }, (_, i) => ({ content: `${i}` })));
    const all = Array.from({ length: 20 }, (_, i) => contentHashOf(`${i}`));
    for (const [i, hash] of all.entries())
      test.sql(
        'UPDATE memories SET content_hash = ? WHERE content_hash = ?',
        `${i < 12 ? 'abcf' : 'abd0'}${hash.slice(4)}`,
        hash,
      );
    const found = await test.store.resolve('abcf');
    assert.equal(found.length, 10);
    assert.ok(found.every((hash) => hash.startsWith('abcf')));
    assert.equal((await test.store.resolve('abd0')).length, 8);
  });

  it('has 4 to 64 hexadecimal digits', async () => {
    for (const prefix of ['', 'abc', 'abcg', 'ABCD', `${NOBODY}f`, 'ab%d', '\u0000\u0000\u0000\u0000'])
      await assert.rejects(test.store.resolve(prefix), refusal('invalid-input'), prefix);
  });
});
