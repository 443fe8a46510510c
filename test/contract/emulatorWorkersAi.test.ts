import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import type { Emulator } from '../emulator/emulator.ts';
import { startEmulator } from '../emulator/emulator.ts';
import { get, refusal, send, withEmulator } from './emulatorRequests.ts';

interface Embedding {
  readonly shape: readonly [number, number];
  readonly data: readonly (readonly number[])[];
  readonly pooling: string;
}

const base = '/ai/run/@cf/baai/bge-base-en-v1.5';

describe('the emulated Workers AI', () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator.close());

  const embed = (text: string | string[], more: object = {}, path = base) =>
    get<Embedding>(emulator, 'POST', path, { text, ...more });
  const similarity = async (a: string, b: string): Promise<number> => {
    const { data } = await embed([a, b]);
    return dot(data[0], data[1]);
  };

  it("embeds texts to normalised vectors of the model's dimensions, always the same", async () => {
    const dimensions = {
      'bge-small-en-v1.5': 384,
      'bge-base-en-v1.5': 768,
      'bge-large-en-v1.5': 1024,
      'bge-m3': 1024,
    };
    for (const [name, expected] of Object.entries(dimensions)) {
      const { shape, data, pooling } = await embed(['one', 'two'], {}, `/ai/run/@cf/baai/${name}`);
      assert.deepEqual([shape, data.length, pooling], [[2, expected], 2, 'mean']);
      for (const vector of data) assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-9);
    }
    assert.deepEqual(await embed('one'), await embed(['one']));
  });

  it('puts texts near that share words, whatever their endings, and the rest at 0.35–0.6', async () => {
    const related = await similarity(
      'we decided to use postgres for storing the user sessions',
      'which database stores user sessions? we decided on postgres',
    );
    const inflected = await similarity('the deployment failed twice', 'deployments fail');
    const unrelated = await similarity(
      'the deployment failed twice',
      'a recipe for lemon cake with poppy seeds',
    );
    assert.ok(related > 0.7, `${related}`);
    assert.ok(inflected > 0.65, `${inflected}`);
    assert.ok(unrelated > 0.35 && unrelated < 0.6, `${unrelated}`);
  });

  it("has cls and mean vectors that don't mix", async () => {
    const [mean, cls] = [await embed('the same text'), await embed('the same text', { pooling: 'cls' })];
    assert.equal(cls.pooling, 'cls');
    assert.ok(Math.abs(dot(mean.data[0], cls.data[0])) < 0.2);
  });

  it('silently drops what follows the 512th token', async () => {
    const long = Array.from({ length: 510 }, (_, i) => `word${i % 50}`).join(' ');
    assert.deepEqual(await embed(long), await embed(`${long} and a secret at the end`));
    assert.notDeepEqual(await embed('short'), await embed('short and a secret at the end'));
  });

  it('reranks contexts', async () => {
    const { response } = await get<{ response: { id: number; score: number }[] }>(
      emulator,
      'POST',
      '/ai/run/@cf/baai/bge-reranker-base',
      {
        query: 'lemon cake',
        contexts: [{ text: 'deploy on friday' }, { text: 'cake with lemon' }],
        top_k: 1,
      },
    );
    assert.deepEqual(
      response.map(({ id }) => id),
      [1],
    );
  });

  it('speaks the form of OpenAI, too', async () => {
    const url = `${emulator.baseUrl}/accounts/${emulator.accountId}/ai/v1/embeddings`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.token}` },
      body: JSON.stringify({ model: '@cf/baai/bge-m3', input: ['a', 'b'] }),
    });
    const { data } = (await response.json()) as { data: { index: number; embedding: number[] }[] };
    assert.deepEqual(
      data.map(({ index, embedding }) => [index, embedding.length]),
      [
        [0, 1024],
        [1, 1024],
      ],
    );
  });

  it('finds models by name', async () => {
    const models = await get<{ name: string }[]>(emulator, 'GET', '/ai/models/search?search=bge-m3');
    assert.deepEqual(
      models.map(({ name }) => name),
      ['@cf/baai/bge-m3'],
    );
  });

  it('refuses as Cloudflare does', async () => {
    assert.equal(
      await refusal(emulator, 'POST', '/ai/run/@cf/baai/no-such-model', { text: 'x' }),
      '400/5007',
    );
    for (const body of [
      '{',
      {},
      { text: 1 },
      { text: '' },
      { text: Array(101).fill('x') },
      { text: 'x', pooling: 'max' },
    ]) {
      assert.equal(await refusal(emulator, 'POST', base, body), '400/5006', JSON.stringify(body));
    }
    assert.equal(await refusal(emulator, 'POST', base, { text: 'x'.repeat(10e6) }), '413/3006');
  });

  it('stops at the daily neurons until 00:00 UTC', async () => {
    let now = Date.UTC(2026, 0, 1, 23);
    await withEmulator({ limits: { aiNeuronsPerDay: 1 }, now: () => now }, async (small) => {
      const text = Array<string>(100).fill('five words in this text');
      await get(small, 'POST', base, { text });
      const { status, errors } = await send(small, 'POST', base, { text: 'one more' });
      assert.deepEqual([status, errors[0]?.code], [429, 3036]);
      now += 3_600_000;
      await get(small, 'POST', base, { text: 'a new day' });
    });
  });

  it('takes its inference time', async () => {
    emulator.settings.inferenceMs = 40;
    const began = performance.now();
    await embed('x');
    assert.ok(performance.now() - began >= 39);
    emulator.settings.inferenceMs = 0;
  });
});

function dot(a: readonly number[] = [], b: readonly number[] = []): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
