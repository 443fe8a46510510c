import assert from 'node:assert/strict';
import { bestChunk, codeScorer, packCodes, packVectors } from '../../../src/cloudflare/compactVectors.ts';
import { randomFrom } from '../../emulator/faults.ts';

const random = randomFrom(7);
const normalised = (values: readonly number[]): Float32Array => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};
const anyVector = (dimensions: number): Float32Array =>
  normalised(Array.from({ length: dimensions }, () => random() + random() + random() - 1.5));
/** As far between the two as `share` says. */
const between = (a: Float32Array, b: Float32Array, share: number): Float32Array =>
  normalised(Array.from(a, (value, i) => value * share + (b[i] ?? 0) * (1 - share)));
const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

describe('compact vectors', () => {
  for (const dimensions of [384, 768, 1021])
    it(`of ${dimensions} dimensions keep the cosine: int8 to a hundredth, codes to a tenth at worst`, () => {
      const query = anyVector(dimensions);
      for (let share = 0; share <= 1; share += 0.05) {
        const vector = between(query, anyVector(dimensions), share);
        const real = cosine(query, vector);
        const exact = bestChunk(query, packVectors([vector])).similarity;
        const estimate = codeScorer(query)(packCodes([vector])).similarity;
        assert.ok(Math.abs(exact - real) < 0.01, `int8 ${exact} for ${real}`);
        assert.ok(Math.abs(estimate - real) < 0.12, `code ${estimate} for ${real}`);
      }
    });

  it('name the chunk that is closest', () => {
    const query = anyVector(768);
    const chunks = [anyVector(768), anyVector(768), between(query, anyVector(768), 0.7), anyVector(768)];
    assert.equal(bestChunk(query, packVectors(chunks)).chunk, 2);
    assert.equal(codeScorer(query)(packCodes(chunks)).chunk, 2);
  });

  it('take 1,024 and 132 bytes of text for 768 dimensions', () => {
    assert.equal(packVectors([anyVector(768)]).length, 1024);
    assert.equal(packCodes([anyVector(768)]).length, 132);
  });
});
