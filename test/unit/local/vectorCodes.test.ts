import assert from 'node:assert/strict';
import { codeOf, VectorCodes } from '../../../src/local/vectorCodes.ts';
import { randomFrom, randomVector } from '../support/randomVectors.ts';

const DIMENSIONS = 512;
const random = randomFrom(4);

const distance = (a: Uint32Array, b: Uint32Array): number =>
  a.reduce((sum, word, i) => {
    let bits = 0;
    for (let rest = word ^ (b[i] ?? 0); rest !== 0; rest &= rest - 1) bits++;
    return sum + bits;
  }, 0);

const filled = (codes: readonly Uint32Array[]): VectorCodes => {
  const all = new VectorCodes(DIMENSIONS);
  codes.forEach((code, i) => all.add(1000 + i, i, code));
  return all;
};

describe('Codes of vectors', () => {
  it('hold the sign of each dimension in one bit', () => {
    const vector = new Float32Array(64).fill(-0.5);
    vector[0] = 0.1;
    vector[31] = 0.2;
    vector[33] = 0.3;
    assert.deepEqual([...codeOf(vector)], [0x80000001, 2]);
    assert.equal(codeOf(new Float32Array(65)).length, 3);
  });

  it('are found nearest first, by the number of signs that differ', () => {
    const codes = Array.from({ length: 3000 }, () => codeOf(randomVector(DIMENSIONS, random)));
    const all = filled(codes);
    for (let times = 0; times < 20; times++) {
      const query = codeOf(randomVector(DIMENSIONS, random));
      const byDistance = codes.map((code, i) => ({ id: 1000 + i, d: distance(query, code) }));
      byDistance.sort((a, b) => a.d - b.d);
      const limit = byDistance[99]?.d ?? 0;
      const found = new Set(all.nearest(query, 100));
      assert.ok(found.size >= 100 && found.size <= 200, `${found.size} for 100`);
      for (const { id, d } of byDistance) {
        if (d < limit) assert.ok(found.has(id));
        if (d > limit) assert.ok(!found.has(id));
      }
    }
  });

  it('are answered in about the number that was asked, also where very many are alike', () => {
    const code = codeOf(randomVector(DIMENSIONS, random));
    const found = filled(Array.from({ length: 5000 }, () => code)).nearest(code, 100);
    assert.ok(found.length >= 100 && found.length <= 200, `${found.length} for 100`);
  });

  it('are answered only for the memories that may be', () => {
    const codes = Array.from({ length: 500 }, () => codeOf(randomVector(DIMENSIONS, random)));
    const accept = new Uint8Array(300);
    for (const memory of [3, 77, 299]) accept[memory] = 1;
    const found = filled(codes).nearest(codes[0] ?? new Uint32Array(), 100, accept);
    assert.deepEqual(found, [1003, 1077, 1299]);
  });

  it('are all answered where there are fewer than asked', () => {
    assert.deepEqual(new VectorCodes(DIMENSIONS).nearest(new Uint32Array(16), 10), []);
    const codes = Array.from({ length: 5 }, () => codeOf(randomVector(DIMENSIONS, random)));
    assert.equal(filled(codes).nearest(new Uint32Array(16), 10).length, 5);
  });

  it('take less than 20 MB for 100,000 vectors, and are not copied for each one that is added', () => {
    const code = codeOf(randomVector(DIMENSIONS, random));
    const all = new VectorCodes(DIMENSIONS);
    let copies = 0;
    for (let i = 0, held = 0; i < 100_000; i++) {
      all.reserve(all.length + 1); // as a reader does before it adds what is new
      all.add(i, i, code);
      if (all.byteLength !== held) copies++;
      held = all.byteLength;
    }
    assert.equal(all.length, 100_000);
    assert.ok(all.byteLength <= 20e6, `${(all.byteLength / 1e6).toFixed(1)} MB`);
    assert.ok(copies < 50, `${copies} copies`);
  });
});
