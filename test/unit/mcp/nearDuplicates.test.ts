import assert from 'node:assert/strict';
import type { AgentStore } from '../../../src/mcp/agentStore.ts';
import { nearDuplicates } from '../../../src/mcp/nearDuplicates.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import type { Memory, SearchAnswer, SearchHit } from '../../../src/memory/memory.ts';

const content = 'Deploy with make ship';

describe('what says nearly the same as a new memory', () => {
  const memory = { contentHash: 'a', content, contentSize: content.length, tags: [] } as Partial<Memory>;
  const hit = { memory, similarity: 0.9 } as SearchHit;
  const foundBy = (search: () => Promise<SearchAnswer>): Promise<SearchHit[]> =>
    nearDuplicates({ search } as Partial<AgentStore> as AgentStore, { content }, undefined, {});
  const answer = (duplicateSimilarity: number | undefined, label: string): Promise<SearchAnswer> =>
    Promise.resolve({ hits: [hit], mode: { keyword: 'off', meaning: label }, duplicateSimilarity });

  it('is judged by the model that compared them, whatever it is called', async () => {
    for (const label of ['a model', 'a model (on this machine)']) {
      assert.deepEqual(await foundBy(() => answer(0.87, label)), [hit]);
      assert.deepEqual(await foundBy(() => answer(0.93, label)), []);
    }
  });

  it('is nothing where no model compared them', async () => {
    assert.deepEqual(await foundBy(() => answer(undefined, 'a model')), []);
    const failure = new MemoryError('offline', 'No connection.', 'Try again.');
    assert.deepEqual(await foundBy(() => Promise.reject(failure)), []);
  });
});
