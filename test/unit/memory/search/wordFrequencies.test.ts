import assert from 'node:assert/strict';
import type { SqlRow } from '../../../../src/memory/ports.ts';
import { WordFrequencies } from '../../../../src/memory/search/wordFrequencies.ts';

const count = (n: number): SqlRow[] => [{ n }];
const knowing = (memories: number, counts: Record<string, number>): WordFrequencies => {
  const frequencies = new WordFrequencies();
  frequencies.learn([], [count(memories)]);
  frequencies.learn(Object.keys(counts), [count(memories), ...Object.values(counts).map(count)]);
  return frequencies;
};

describe('the frequencies of words', () => {
  it('are not asked for in a store of up to 5,000 memories, where all words are searched', () => {
    const frequencies = new WordFrequencies();
    frequencies.learn([], [count(5000)]);
    assert.equal(frequencies.statements(['a', 'b']).length, 1);
    assert.deepEqual(frequencies.rarest(['a', 'b'], 10), ['a', 'b']);
  });

  it('are asked for once, above that, as far as 5 % of the memories', () => {
    const frequencies = knowing(100_000, { known: 7 });
    const statements = frequencies.statements(['known', 'it"s']);
    assert.equal(statements.length, 2);
    assert.deepEqual(statements[1]?.params, ['"it""s"', 5000]);
  });

  it('leave out the frequent words of a question that has rarer ones', () => {
    const frequencies = knowing(100_000, { everywhere: 5000, often: 4000, some: 900, rare: 3 });
    assert.deepEqual(frequencies.rarest(['everywhere', 'often', 'some', 'rare'], 10), [
      'rare',
      'some',
      'often',
    ]);
    assert.deepEqual(frequencies.rarest(['everywhere', 'often'], 10), ['often']);
  });

  it('leave out none that is needed for as many memories as are wanted', () => {
    const frequencies = knowing(100_000, { everywhere: 5000, rare: 9 });
    assert.deepEqual(frequencies.rarest(['everywhere', 'rare'], 9), ['rare']);
    assert.deepEqual(frequencies.rarest(['everywhere', 'rare'], 10), ['rare', 'everywhere']);
  });

  it('leave a question at least one word', () => {
    assert.deepEqual(knowing(100_000, { a: 5000, b: 5000 }).rarest(['a', 'b'], 10).length, 1);
    assert.deepEqual(knowing(100_000, { a: 5000 }).rarest(['a'], 10), ['a']);
  });

  it('keep a word that no memory had when they were counted: one may have it now', () => {
    assert.deepEqual(knowing(100_000, { often: 5000, never: 0 }).rarest(['often', 'never'], 10), [
      'never',
      'often',
    ]);
  });

  it('let all words through where some are not known', () => {
    assert.deepEqual(knowing(100_000, { often: 5000 }).rarest(['often', 'unknown'], 10), [
      'often',
      'unknown',
    ]);
  });
});
