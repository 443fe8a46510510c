import assert from 'node:assert/strict';
import { layOut, placeNew } from '../../../../src/local/map/layOut.ts';
import type { Matrix } from '../../../../src/local/map/matrix.ts';
import { toInt8 } from '../../../../src/memory/int8Vectors.ts';
import { near, randomFrom, randomVector } from '../../support/randomVectors.ts';

const DIMENSIONS = 64;
const GROUPS = 4;

/** Vectors of a few groups: row i belongs to group i % GROUPS. */
const grouped = (count: number, seed = 5): Matrix<Int8Array> => {
  const random = randomFrom(seed);
  const centres = Array.from({ length: GROUPS }, () => randomVector(DIMENSIONS, random));
  const values = new Int8Array(count * DIMENSIONS);
  for (let i = 0; i < count; i++) {
    const centre = centres[i % GROUPS];
    if (centre) values.set(toInt8(near(centre, 0.5, random)), i * DIMENSIONS);
  }
  return { values, columns: DIMENSIONS };
};

const distance = (positions: Float32Array, a: number, b: number): number =>
  Math.hypot(
    (positions[a * 2] ?? 0) - (positions[b * 2] ?? 0),
    (positions[a * 2 + 1] ?? 0) - (positions[b * 2 + 1] ?? 0),
  );

/** Of the rows asked, how many have a row of their own group as their nearest one. */
const withTheirOwn = (positions: Float32Array, rows: readonly number[]): number =>
  rows.filter((row) => {
    let nearest = -1;
    for (let other = 0; other < positions.length / 2; other++)
      if (
        other !== row &&
        (nearest < 0 || distance(positions, row, other) < distance(positions, row, nearest))
      )
        nearest = other;
    return nearest % GROUPS === row % GROUPS;
  }).length;

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('the layout of the map', () => {
  it('puts together what is alike, within -1 and 1', async () => {
    const positions = await layOut(grouped(200));
    assert.equal(positions.length, 400);
    assert.ok(positions.every((value) => Math.abs(value) <= 1.000_01));
    assert.ok(withTheirOwn(positions, upTo(200)) > 190);
  });

  it('is the same for the same vectors', async () => {
    const [first, second] = [await layOut(grouped(120)), await layOut(grouped(120))];
    assert.deepEqual(first, second);
  });

  it('is there at once in a quick form, and tells how far the better one is', async () => {
    const seen: string[] = [];
    const done: number[] = [];
    await layOut(grouped(120), {
      onQuick: (quick) => seen.push(`quick ${quick.length}`),
      onProgress: (part) => {
        seen.push('progress');
        done.push(part);
      },
    });
    assert.equal(seen[0], 'quick 240');
    assert.ok(done.length > 10);
    assert.deepEqual(
      done,
      done.toSorted((a, b) => a - b),
    );
  });

  it('places a few memories by their axes alone, and one in the middle', async () => {
    assert.equal((await layOut(grouped(5))).length, 10);
    assert.deepEqual([...(await layOut(grouped(1)))], [0, 0]);
    assert.equal((await layOut({ values: new Int8Array(0), columns: DIMENSIONS })).length, 0);
  });

  it('places copies of one text on one spot', async () => {
    const one = grouped(1).values;
    const values = new Int8Array(30 * DIMENSIONS);
    for (let i = 0; i < 30; i++) values.set(one, i * DIMENSIONS);
    const positions = await layOut({ values, columns: DIMENSIONS });
    assert.ok(positions.every(Number.isFinite));
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    const run = layOut(grouped(300), {
      signal: controller.signal,
      onProgress: (done) => {
        if (done > 0.4) controller.abort();
      },
    });
    await assert.rejects(run, { name: 'AbortError' });
  });

  it('puts new memories beside their neighbours and leaves the others in place', async () => {
    const vectors = grouped(220);
    const before = await layOut({ values: vectors.values.slice(0, 200 * DIMENSIONS), columns: DIMENSIONS });
    const positions = new Float32Array(440).fill(NaN);
    positions.set(before);
    const after = await placeNew(vectors, positions);
    assert.deepEqual(after.slice(0, 400), before);
    assert.ok(withTheirOwn(after, upTo(220).slice(200)) >= 19);
  });
});
