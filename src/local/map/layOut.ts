import { setImmediate } from 'node:timers/promises';
import { UMAP } from 'umap-js';
import { evenly, type Matrix, pick, rowCount, rowOf } from './matrix.ts';
import { placeByNeighbours, type PlaceOptions } from './placing.ts';
import { alongPrincipalAxes } from './principalAxes.ts';
import { seeded } from './random.ts';

/** UMAP works on so many memories; the others are placed by their neighbours among them. */
const SAMPLE = 3000;
/** Numbers that stand for a vector: UMAP on all of them took as long again and drew the same map. */
const AXES = 50;
const EPOCHS = 300;
const NEIGHBOURS = 15;
/** Fewer than this have no neighbourhoods to speak of: the axes alone place them. */
const FEW = 20;
const SEED = 1;
/** Parts of the whole work, as it was measured. */
const PREPARED = 0.35;
const SAMPLED = 0.9;

export interface LayOutOptions extends PlaceOptions {
  /** A map that is there at once, until the better one is. */
  readonly onQuick?: ((positions: Float32Array) => void) | undefined;
}

/** An x and a y in -1…1 for each vector: what is alike lies together. The same vectors give the same map. */
export const layOut = async (
  vectors: Matrix<Int8Array>,
  { signal, onProgress, onQuick }: LayOutOptions = {},
): Promise<Float32Array> => {
  const random = seeded(SEED);
  const reduced = alongPrincipalAxes(vectors, AXES, random);
  const quick = withinOne(firstTwo(reduced));
  onQuick?.(quick);
  if (rowCount(reduced) < FEW) return quick;
  onProgress?.(0.05);
  await setImmediate();
  signal?.throwIfAborted();
  const sample = evenly(rowCount(reduced), SAMPLE);
  const sampled = await neighbourhoods(pick(reduced, sample), random, {
    signal,
    onProgress: (done) => onProgress?.(PREPARED + done * (SAMPLED - PREPARED)),
  });
  const positions = await placeOthers(reduced, sample, sampled, {
    signal,
    onProgress: (done) => onProgress?.(SAMPLED + done * (1 - SAMPLED)),
  });
  return withinOne(positions);
};

/** Puts what has no place (NaN) beside its neighbours; the others stay where they are. */
export const placeNew = async (
  vectors: Matrix<Int8Array>,
  positions: Float32Array,
  options?: PlaceOptions,
): Promise<Float32Array> => {
  const rows = Array.from({ length: rowCount(vectors) }, (_, row) => row);
  const known = rows.filter((row) => !Number.isNaN(positions[row * 2]));
  const reduced = alongPrincipalAxes(vectors, AXES, seeded(SEED));
  const places = Float32Array.from(
    known.flatMap((row) => [positions[row * 2] ?? 0, positions[row * 2 + 1] ?? 0]),
  );
  return placeOthers(reduced, known, places, options);
};

/** `places`: of the rows `known`, ascending. */
const placeOthers = async (
  all: Matrix,
  known: readonly number[],
  places: Float32Array,
  options?: PlaceOptions,
): Promise<Float32Array> => {
  const isKnown = new Set(known);
  const others = Array.from({ length: rowCount(all) }, (_, row) => row).filter((row) => !isKnown.has(row));
  const placed = await placeByNeighbours(pick(all, known), places, pick(all, others), options);
  const positions = new Float32Array(rowCount(all) * 2);
  for (const [rows, from] of [
    [known, places],
    [others, placed],
  ] as const)
    for (const [i, row] of rows.entries()) positions.set(from.subarray(i * 2, i * 2 + 2), row * 2);
  return positions;
};

const neighbourhoods = async (
  rows: Matrix,
  random: () => number,
  { signal, onProgress }: PlaceOptions,
): Promise<Float32Array> => {
  const count = rowCount(rows);
  const umap = new UMAP({
    nEpochs: EPOCHS,
    nNeighbors: Math.min(NEIGHBOURS, count - 1),
    minDist: 0.1,
    random,
  });
  const epochs = umap.initializeFit(Array.from({ length: count }, (_, row) => Array.from(rowOf(rows, row))));
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    if (epoch % 10 !== 0) continue;
    onProgress?.(epoch / epochs);
    // A cancellation arrives between two turns of the loop.
    await setImmediate();
    signal?.throwIfAborted();
  }
  return Float32Array.from(umap.getEmbedding().flat());
};

const firstTwo = (matrix: Matrix): Float32Array => {
  const positions = new Float32Array(rowCount(matrix) * 2);
  for (let row = 0; row < rowCount(matrix); row++) positions.set(rowOf(matrix, row).subarray(0, 2), row * 2);
  return positions;
};

/** Moved and shrunk to -1…1, as wide as it is high. */
const withinOne = (positions: Float32Array): Float32Array => {
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  for (const [i, value] of positions.entries()) {
    low[i % 2] = Math.min(low[i % 2] ?? 0, value);
    high[i % 2] = Math.max(high[i % 2] ?? 0, value);
  }
  const middle = (axis: number): number => ((low[axis] ?? 0) + (high[axis] ?? 0)) / 2;
  const half = Math.max((high[0] ?? 0) - (low[0] ?? 0), (high[1] ?? 0) - (low[1] ?? 0)) / 2 || 1;
  return positions.map((value, i) => (value - middle(i % 2)) / half);
};
