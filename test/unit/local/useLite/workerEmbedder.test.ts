import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { MemoryError } from '../../../../src/memory/errors.ts';
import type { CallOptions } from '../../../../src/memory/ports.ts';
import { openUseLite } from '../../../../src/local/useLite/useLite.ts';
import { WorkerEmbedder } from '../../../../src/local/workerEmbedder.ts';
import { builtWeights } from './builtWeights.ts';

const workerUrl = new URL('../../../../src/local/embedderWorker.ts', import.meta.url);
const scriptedWorker = new URL('scriptedWorker.ts', import.meta.url);

const isEmbeddingFailure =
  (words: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(MemoryError.is(error, 'embedding-failed'), String(error));
    assert.match(error.message, words);
    return true;
  };

describe('The embedder in a worker', () => {
  let embedder: WorkerEmbedder;

  afterEach(() => embedder.dispose());

  describe('with the model', () => {
    beforeEach(async () => {
      embedder = new WorkerEmbedder({ workerUrl, weightsDirectory: await builtWeights() });
    });

    it('answers one vector per text, the same as in the calling thread', async () => {
      const texts = ['the build server is slow', 'lunch is at noon', ''];
      const useLite = openUseLite(await builtWeights());
      assert.deepEqual(
        await embedder.embed(texts),
        texts.map((text) => useLite.embed(text)),
      );
    });

    it('answers nothing for no texts', async () => {
      assert.deepEqual(await embedder.embed([]), []);
    });

    it('lets the process end once nothing is asked of it', async () => {
      const script = `
        import { WorkerEmbedder } from ${JSON.stringify(new URL('../../../../src/local/workerEmbedder.ts', import.meta.url))};
        const embedder = new WorkerEmbedder({
          workerUrl: new URL(${JSON.stringify(workerUrl)}),
          weightsDirectory: ${JSON.stringify(await builtWeights())},
        });
        const [vector] = await embedder.embed(['the build server is slow']);
        console.log(vector.length);`;
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--input-type=module', '--eval', script],
        {
          timeout: 10_000,
        },
      );
      assert.equal(stdout.trim(), '512');
    });
  });

  describe('with a scripted worker', () => {
    let order: string[];

    beforeEach(() => {
      embedder = new WorkerEmbedder({ workerUrl: scriptedWorker, weightsDirectory: '' });
      order = [];
    });

    /** Embeds the texts and writes the name down when that is done; answers the numbers in the vectors. */
    const embed = async (
      name: string,
      texts: readonly string[],
      options?: CallOptions,
    ): Promise<number[]> => {
      const vectors = await embedder.embed(texts, options);
      order.push(name);
      return vectors.map((vector) => vector[0] ?? NaN);
    };

    it('puts a query between two chunks of the background', async () => {
      const backlog = embed('backlog', ['a', 'b', 'c', 'd'], { priority: 'background' });
      const query = embed('query', ['q']);
      assert.deepEqual(await query, [2]);
      assert.deepEqual(await backlog, [1, 3, 4, 5]);
      assert.deepEqual(order, ['query', 'backlog']);
    });

    it('answers concurrent queries a chunk each in turn', async () => {
      const [long, short] = await Promise.all([embed('long', ['a', 'b', 'c']), embed('short', ['q'])]);
      assert.deepEqual([long, short], [[1, 3, 4], [2]]);
      assert.deepEqual(order, ['short', 'long']);
    });

    it('drops what is left of a call whose signal aborts, with the signal’s reason', async () => {
      const controller = new AbortController();
      const reason = new Error('typed on');
      const aborted = assert.rejects(embed('aborted', ['slow', 'b', 'c'], controller), reason);
      const waiting = assert.rejects(embed('waiting', ['d'], controller), reason);
      controller.abort(reason);
      await Promise.all([aborted, waiting]);
      assert.deepEqual(await embed('next', ['e']), [2]);
    });

    it('rejects a call whose last text was computed after the signal aborted', async () => {
      await assert.rejects(embed('late', ['slow'], { signal: AbortSignal.timeout(1) }), {
        name: 'TimeoutError',
      });
    });

    it('rejects the calls in progress when the worker crashes, and starts another one', async () => {
      const calls = [
        embed('crashing', ['a', 'crash']),
        embed('queued', ['slow', 'c', 'd']),
        embed('background', ['e'], { priority: 'background' }),
      ];
      await Promise.all(calls.map((call) => assert.rejects(call, isEmbeddingFailure(/out of bounds/))));
      assert.deepEqual(await embed('after', ['f', 'g']), [1, 2]);
    });

    it('rejects when the worker exits, and starts another one', async () => {
      await assert.rejects(embed('exiting', ['exit']), isEmbeddingFailure(/ended with code 7/));
      assert.deepEqual(await embed('after', ['f']), [1]);
    });

    it('rejects calls in progress and later ones when it is disposed of', async () => {
      const calls = [embed('running', ['slow', 'b']), embed('queued', ['c'])];
      const rejections = calls.map((call) => assert.rejects(call, isEmbeddingFailure(/closed/)));
      // Long enough to hand the first text over, too short for its answer.
      await setImmediate();
      await embedder.dispose();
      await Promise.all([...rejections, assert.rejects(embed('later', ['d']), isEmbeddingFailure(/closed/))]);
    });
  });

  it('says what is wrong when the worker cannot start', async () => {
    embedder = new WorkerEmbedder({ workerUrl: scriptedWorker, weightsDirectory: 'missing' });
    await assert.rejects(embedder.embed(['a']), isEmbeddingFailure(/no such folder/));
  });
});
