import assert from 'node:assert/strict';
import { WorkersAiEmbedder } from '../../src/cloudflare/workersAi.ts';
import { rejectsWith, useClient } from './clientFixture.ts';

describe('WorkersAiEmbedder against the emulator', () => {
  const fixture = useClient();
  const model = '@cf/baai/bge-base-en-v1.5';
  const embedder = (pooling: 'mean' | 'cls' = 'mean') =>
    new WorkersAiEmbedder({ ...fixture.place, model, pooling, dimensions: 768 });

  it('learns the dimensions of any model by one request', async () => {
    for (const [name, dimensions] of [
      ['@cf/baai/bge-small-en-v1.5', 384],
      ['@cf/baai/bge-m3', 1024],
      ['@cf/google/embeddinggemma-300m', 768],
    ] as const) {
      const { value, requests } = await fixture.emulator.log.during(() =>
        WorkersAiEmbedder.probe({ ...fixture.place, model: name }),
      );
      assert.equal(value.model.dimensions, dimensions);
      assert.equal(requests, 1);
    }
  });

  it('gives normalised vectors in the order of the texts, a hundred a request', async () => {
    const texts = Array.from({ length: 250 }, (_, i) => `text number ${i} about ${i % 7} things`);
    const { value, requests } = await fixture.emulator.log.during(() => embedder().embed(texts));
    assert.equal(requests, 3);
    assert.equal(value.length, 250);
    assert.ok(value.every((each) => Math.abs(Math.hypot(...each) - 1) < 1e-6));
    const [alone] = await embedder().embed([texts[123] ?? '']);
    assert.deepEqual(value[123], alone);
  });

  it('never mixes poolings', async () => {
    const [[mean], [cls]] = await Promise.all([
      embedder('mean').embed(['one text']),
      embedder('cls').embed(['one text']),
    ]);
    assert.notDeepEqual(mean, cls);
    assert.notEqual(embedder('mean').model.space, embedder('cls').model.space);
  });

  it('says that there is no such model', async () => {
    const unknown = WorkersAiEmbedder.probe({ ...fixture.place, model: '@cf/none/such' });
    await rejectsWith(unknown, 'misconfigured', /no model @cf\/none\/such/);
  });

  for (const kind of ['ai-daily-limit', 'ai-daily-limit-4006'] as const)
    it(`does not repeat what the daily limit refused (${kind})`, async () => {
      fixture.emulator.faults.add({ kind });
      const { requests } = await fixture.emulator.log.during(() =>
        rejectsWith(embedder().embed([kind]), 'limit-reached', /resets at 00:00 UTC/),
      );
      assert.equal(requests, 1);
    });

  it('waits for capacity', async () => {
    fixture.emulator.faults.add({ kind: 'ai-capacity', times: 2, retryAfterSeconds: 0 });
    assert.equal((await embedder().embed(['patience'])).length, 1);
  });
});
