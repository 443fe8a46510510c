import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { CachedEmbeddings } from '../../../src/cloudflare/cachedEmbeddings.ts';
import { embeddingKey, type EmbeddingCache } from '../../../src/cloudflare/embeddingCache.ts';

const vectorOf = (text: string): Float32Array => Float32Array.of(text.length, 1);

class MapCache implements EmbeddingCache {
  readonly entries = new Map<string, Float32Array>();

  get(keys: readonly string[]) {
    return Promise.resolve(keys.map((key) => this.entries.get(key)));
  }

  set(entries: readonly (readonly [string, Float32Array])[]) {
    for (const [key, vector] of entries) this.entries.set(key, vector);
    return Promise.resolve();
  }
}

const setUp = (options: { cache?: EmbeddingCache; textsPerRequest?: number } = {}) => {
  const requests: (readonly string[])[] = [];
  const signals: AbortSignal[] = [];
  const log: string[] = [];
  let hold: Promise<void> | undefined;
  const embeddings = new CachedEmbeddings({
    space: 'model:mean',
    dimensions: 2,
    textsPerRequest: 3,
    parallel: 2,
    log: { debug: () => assert.fail(), warn: (line) => void log.push(line) },
    compute: async (texts, { signal }) => {
      requests.push(texts);
      if (signal) signals.push(signal);
      await hold;
      signal?.throwIfAborted();
      return texts.map(vectorOf);
    },
    ...options,
  });
  /** Requests that begin from now on end only when the answer is called. */
  const holdRequests = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    hold = promise as Promise<unknown> as Promise<void>;
    return () => {
      hold = undefined;
      resolve(undefined);
    };
  };
  return { embeddings, requests, signals, log, holdRequests };
};

describe('embeddings with a cache', () => {
  it('come in the order of the texts, doubles once', async () => {
    const { embeddings, requests } = setUp();
    const texts = ['a', 'bb', 'a', 'ccc', 'dddd', 'a'];
    assert.deepEqual(await embeddings.get(texts), texts.map(vectorOf));
    assert.deepEqual(requests, [['a', 'bb', 'ccc'], ['dddd']]);
  });

  it('are paid for once', async () => {
    const { embeddings, requests } = setUp();
    await embeddings.get(['a', 'b']);
    await embeddings.get(['b', 'c']);
    assert.deepEqual(requests, [['a', 'b'], ['c']]);
  });

  it('are paid for once even when several ask at the same time', async () => {
    const { embeddings, requests } = setUp();
    const answers = await Promise.all([
      embeddings.get(['same', 'one']),
      embeddings.get(['two', 'same']),
      embeddings.get(['same']),
    ]);
    assert.deepEqual(requests, [['same', 'one'], ['two']]);
    assert.deepEqual(answers[2], [vectorOf('same')]);
  });

  it('outlive the process in the persistent cache', async () => {
    const cache = new MapCache();
    await setUp({ cache }).embeddings.get(['kept']);
    const { embeddings, requests } = setUp({ cache });
    assert.deepEqual(await embeddings.get(['kept']), [vectorOf('kept')]);
    assert.deepEqual(requests, []);
    assert.deepEqual([...cache.entries.keys()], [embeddingKey('model:mean', 'kept')]);
  });

  it('are remembered a thousand at a time', async () => {
    const { embeddings, requests } = setUp({ textsPerRequest: 2000 });
    await embeddings.get(Array.from({ length: 1001 }, (_, i) => `text ${i}`));
    await embeddings.get(['text 1000', 'text 0']);
    assert.deepEqual(requests[1], ['text 0']);
  });

  it('of another size in the cache are computed anew', async () => {
    const cache = new MapCache();
    cache.entries.set(embeddingKey('model:mean', 'a'), Float32Array.of(1, 2, 3));
    assert.deepEqual(await setUp({ cache }).embeddings.get(['a']), [vectorOf('a')]);
  });

  it('do not need the cache to work', async () => {
    const broken: EmbeddingCache = {
      get: () => Promise.reject(new Error('can not read')),
      set: () => Promise.reject(new Error('can not write')),
    };
    const { embeddings, log } = setUp({ cache: broken });
    assert.deepEqual(await embeddings.get(['a']), [vectorOf('a')]);
    assert.match(log.join('\n'), /can not read[^]*can not write/);
  });

  it('that failed are asked for again', async () => {
    let calls = 0;
    const embeddings = new CachedEmbeddings({
      space: 's',
      dimensions: 2,
      textsPerRequest: 3,
      parallel: 1,
      compute: (texts) =>
        ++calls === 1 ? Promise.reject(new Error('down')) : Promise.resolve(texts.map(vectorOf)),
    });
    await assert.rejects(embeddings.get(['a']), /down/);
    assert.deepEqual(await embeddings.get(['a']), [vectorOf('a')]);
  });

  it('of the requests that went well are not paid for again after one that failed', async () => {
    const requests: (readonly string[])[] = [];
    const embeddings = new CachedEmbeddings({
      space: 's',
      dimensions: 2,
      textsPerRequest: 1,
      parallel: 1,
      compute: (texts) => {
        requests.push(texts);
        return requests.length === 2
          ? Promise.reject(new Error('down'))
          : Promise.resolve(texts.map(vectorOf));
      },
    });
    await assert.rejects(embeddings.get(['a', 'b']), /down/);
    await embeddings.get(['a', 'b']);
    assert.deepEqual(requests, [['a'], ['b'], ['b']]);
  });

  it('that nobody waits for any more are not asked for', async () => {
    const { embeddings, signals, holdRequests } = setUp();
    const release = holdRequests();
    const controller = new AbortController();
    const answer = embeddings.get(['a'], { signal: controller.signal });
    await setImmediate();
    controller.abort(new Error('typed on'));
    await assert.rejects(answer, /typed on/);
    assert.equal(signals[0]?.aborted, true);
    release();
    assert.deepEqual(await embeddings.get(['a']), [vectorOf('a')]);
  });

  it('that another one waits for go on', async () => {
    const { embeddings, requests, holdRequests } = setUp();
    const release = holdRequests();
    const controller = new AbortController();
    const gone = embeddings.get(['a'], { signal: controller.signal });
    const waiting = embeddings.get(['a']);
    await setImmediate();
    controller.abort(new Error('gone'));
    await assert.rejects(gone, /gone/);
    release();
    assert.deepEqual(await waiting, [vectorOf('a')]);
    assert.equal(requests.length, 1);
  });

  it('keep the models apart in the cache', () => {
    assert.notEqual(embeddingKey('m:mean', 'a'), embeddingKey('m:cls', 'a'));
    assert.doesNotMatch(embeddingKey('m:mean', 'secret text'), /secret/);
  });
});
