import type { DisposableEmbedder } from '../../../src/local/openLocalStore.ts';

const DIMENSIONS = 512;
const WORD = /[a-z0-9]+/g;

/** FNV-1a, 32 bits. */
const hashOf = (word: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

const vectorOf = (text: string): Float32Array => {
  const vector = new Float32Array(DIMENSIONS);
  for (const [word] of text.toLowerCase().matchAll(WORD)) {
    const at = hashOf(word) % DIMENSIONS;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
};

/** Stands in for a model where the tests are about the engine: texts with the same Latin words are alike. */
export const bagOfWords = (space = 'bag-of-words'): DisposableEmbedder => ({
  model: {
    space,
    dimensions: DIMENSIONS,
    chunk: { size: 360, overlap: 100 },
    fusionWeight: 0.5,
    minSimilarity: 0.2,
    duplicateSimilarity: 0.93,
    label: 'bag of words',
    understands: (text) => /[a-z]/i.test(text),
  },
  embed: (texts) => Promise.resolve(texts.map(vectorOf)),
  dispose: () => undefined,
});
