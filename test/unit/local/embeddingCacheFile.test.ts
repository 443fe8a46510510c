import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { EmbeddingCacheFile, type EmbeddingCacheOptions } from '../../../src/local/embeddingCacheFile.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const DAY_MS = 86_400_000;
const vector = (seed: number, dimensions = 768): Float32Array =>
  Float32Array.from({ length: dimensions }, (_, i) => Math.sin(seed + i));

describe('EmbeddingCacheFile', () => {
  const inFolder = temporaryFolder();
  const opened: EmbeddingCacheFile[] = [];
  const open = (options?: EmbeddingCacheOptions): EmbeddingCacheFile => {
    const cache = new EmbeddingCacheFile(inFolder('embeddings.db'), options);
    opened.push(cache);
    return cache;
  };
  afterEach(() => opened.splice(0).forEach((cache) => cache.close()));

  it('gives back exactly what was put in, in the order of the keys, also after a restart', async () => {
    await open().set([
      ['a', vector(1)],
      // A view into a larger buffer, as they come out of an answer.
      ['b', vector(2).subarray(3, 10)],
    ]);
    const [b, none, a] = await open().get(['b', 'none', 'a']);
    assert.ok(a && b);
    assert.equal(none, undefined);
    assert.deepEqual([...a], [...vector(1)]);
    assert.deepEqual([...b], [...vector(2).subarray(3, 10)]);
    if (process.platform !== 'win32') assert.equal(statSync(inFolder('embeddings.db')).mode & 0o777, 0o600);
  });

  it('is shared by processes that have it open at the same time', async () => {
    const [one, other] = [open(), open()];
    await Promise.all([one.set([['a', vector(1)]]), other.set([['b', vector(2)]])]);
    assert.equal((await one.get(['a', 'b'])).filter((found) => found !== undefined).length, 2);
  });

  it('stays below its size by forgetting what was not used for longest', async () => {
    const maxBytes = 1_000_000;
    let day = 100;
    const cache = open({ maxBytes, now: () => day * DAY_MS });
    await cache.set(Array.from({ length: 100 }, (_, i) => [`old ${i}`, vector(i)] as const));
    day++;
    assert.ok((await cache.get(['old 7']))[0]);
    day++;
    for (let group = 0; group < 10; group++)
      await cache.set(Array.from({ length: 18 }, (_, i) => [`${group} ${i}`, vector(i)] as const));
    const old = await cache.get(['old 7', 'old 8', '9 17']);
    assert.deepEqual(
      old.map((found) => found !== undefined),
      [true, false, true],
    );
    cache.close();
    assert.ok(statSync(inFolder('embeddings.db')).size < 1.3 * maxBytes);
  });

  it('begins anew where the file is no database', async () => {
    writeFileSync(inFolder('embeddings.db'), 'this is no database, and long enough to tell: '.repeat(100));
    const cache = open();
    await cache.set([['a', vector(1)]]);
    assert.ok((await cache.get(['a']))[0]);
  });

  it('throws a file away in which it meets damage, and rejects only once', async () => {
    const first = open();
    await first.set(Array.from({ length: 200 }, (_, i) => [`key ${i}`, vector(i)] as const));
    first.close();
    const bytes = readFileSync(inFolder('embeddings.db'));
    bytes.fill(0x5a, 8192, bytes.length);
    writeFileSync(inFolder('embeddings.db'), bytes);
    const cache = open();
    const keys = Array.from({ length: 200 }, (_, i) => `key ${i}`);
    await assert.rejects(cache.get(keys), (error) => MemoryError.is(error, 'damaged'));
    assert.deepEqual(await cache.get(['key 1']), [undefined]);
    await cache.set([['key 1', vector(1)]]);
    const next = open();
    await next.set([['key 2', vector(2)]]);
    assert.ok((await next.get(['key 2']))[0]);
  });

  it('says why it can not be opened', () => {
    writeFileSync(inFolder('file'), '');
    assert.throws(
      () => new EmbeddingCacheFile(inFolder('file', 'embeddings.db')),
      (error) => MemoryError.is(error),
    );
  });
});
