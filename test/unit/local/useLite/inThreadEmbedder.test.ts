import assert from 'node:assert/strict';
import { MemoryError } from '../../../../src/memory/errors.ts';
import { InThreadEmbedder } from '../../../../src/local/useLite/inThreadEmbedder.ts';
import { openUseLite } from '../../../../src/local/useLite/useLite.ts';
import { builtWeights } from './builtWeights.ts';

describe('The embedder in the calling thread', () => {
  it('answers one vector per text', async () => {
    const weightsDirectory = await builtWeights();
    const texts = ['the build server is slow', 'lunch is at noon'];
    const useLite = openUseLite(weightsDirectory);
    const embedder = new InThreadEmbedder({ weightsDirectory });
    assert.deepEqual(
      await embedder.embed(texts),
      texts.map((text) => useLite.embed(text)),
    );
  });

  it('reads the weights only when they are needed, and says when they are not there', async () => {
    const embedder = new InThreadEmbedder({ weightsDirectory: '/no/such/folder' });
    assert.deepEqual(await embedder.embed([]), []);
    await assert.rejects(embedder.embed(['a']), (error) => MemoryError.is(error, 'embedding-failed'));
  });

  it('stops between two texts when the signal aborts', async () => {
    const embedder = new InThreadEmbedder({ weightsDirectory: await builtWeights() });
    const controller = new AbortController();
    const reason = new Error('interrupted');
    const embedding = embedder.embed(['a', 'b', 'c'], controller);
    controller.abort(reason);
    await assert.rejects(embedding, reason);
  });
});
