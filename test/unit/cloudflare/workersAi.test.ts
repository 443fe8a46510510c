import assert from 'node:assert/strict';
import { WorkersAiEmbedder } from '../../../src/cloudflare/workersAi.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import { bodyOf, fakeApi, success } from './fakeApi.ts';

const BASE = '@cf/baai/bge-base-en-v1.5';
const answer = (data: number[][], more: object = {}): Response =>
  success({ shape: [data.length, data[0]?.length], data, ...more });

const setUp = (response: Response, model = BASE, pooling?: 'mean' | 'cls') => {
  const api = fakeApi([response]);
  const embedder = new WorkersAiEmbedder({
    client: api.client,
    account: 'acc',
    model,
    pooling,
    dimensions: 2,
  });
  return { ...api, embedder };
};
const failed = (error: unknown): boolean => MemoryError.is(error, 'embedding-failed');

describe('WorkersAiEmbedder', () => {
  it('asks for the texts and a pooling by name', async () => {
    const { embedder, sent } = setUp(answer([[3, 4]]));
    await embedder.embed(['hello']);
    assert.match(sent[0]?.url ?? '', /\/accounts\/acc\/ai\/run\/@cf\/baai\/bge-base-en-v1\.5$/);
    assert.deepEqual(bodyOf(sent[0]), { text: ['hello'], pooling: 'mean' });
  });

  it('names the space by model and pooling', () => {
    assert.equal(setUp(answer([])).embedder.model.space, `${BASE}:mean`);
    assert.equal(setUp(answer([]), BASE, 'cls').embedder.model.space, `${BASE}:cls`);
    assert.equal(setUp(answer([]), '@cf/baai/bge-m3').embedder.model.space, '@cf/baai/bge-m3:default');
  });

  it('asks bge-m3, which pools in one way only, to cut long texts', async () => {
    const { embedder, sent } = setUp(answer([[1, 0]]), '@cf/baai/bge-m3');
    await embedder.embed(['hello']);
    assert.deepEqual(bodyOf(sent[0]), { text: ['hello'], truncate_inputs: true });
  });

  it('normalises', async () => {
    const [vector] = await setUp(answer([[3, 4]])).embedder.embed(['x']);
    assert.deepEqual(vector, Float32Array.of(0.6, 0.8));
  });

  it('does not send what no model reads', async () => {
    const { embedder, sent } = setUp(answer([[1, 0]]));
    await embedder.embed(['x'.repeat(50_000)]);
    const { text } = bodyOf(sent[0]) as { text: string[] };
    assert.equal(text[0]?.length, 6000);
  });

  const bad: readonly (readonly [string, number[][], object?])[] = [
    ['fewer vectors than texts', [[1, 0]]],
    [
      'vectors of another size',
      [
        [1, 0, 0],
        [1, 0, 0],
      ],
    ],
    [
      'a vector of zeros',
      [
        [0, 0],
        [1, 0],
      ],
    ],
    [
      'another pooling',
      [
        [1, 0],
        [0, 1],
      ],
      { pooling: 'cls' },
    ],
  ];
  for (const [what, data, more] of bad)
    it(`refuses ${what}`, async () => {
      await assert.rejects(setUp(answer(data, more)).embedder.embed(['a', 'b']), failed);
    });

  it('learns the dimensions by asking', async () => {
    const { client, sent } = fakeApi([answer([[1, 0, 0, 0]])]);
    const embedder = await WorkersAiEmbedder.probe({ client, account: 'acc', model: '@cf/some/model' });
    assert.equal(embedder.model.dimensions, 4);
    assert.deepEqual(bodyOf(sent[0]), { text: ['memory'] });
  });

  it('knows which languages its model knows', () => {
    const german = 'Die Datenbank wird am Dienstag um drei Uhr von uns umgezogen, und zwar ohne Ausfall.';
    const chinese = '数据库迁移在星期二进行';
    const english = setUp(answer([])).embedder.model;
    const every = setUp(answer([]), '@cf/baai/bge-m3').embedder.model;
    assert.equal(english.understands('The database moves on Tuesday at three.'), true);
    assert.deepEqual(
      [german, chinese].map((text) => english.understands(text)),
      [false, false],
    );
    assert.deepEqual(
      [german, chinese].map((text) => every.understands(text)),
      [true, true],
    );
  });

  it('cuts chunks that fit into 512 tokens', () => {
    assert.deepEqual(setUp(answer([])).embedder.model.chunk, { size: 1500, overlap: 150 });
  });
});
