import { setImmediate } from 'node:timers/promises';
import { type Matrix, rowCount, rowOf } from './matrix.ts';

const NEIGHBOURS = 5;
/** Rows between two moments in which a cancellation can arrive. */
const TURN = 100;

export interface PlaceOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * Puts the rows of `fresh` where their nearest neighbours among `known` lie: `positions` holds an x and a y for each
 * of those. Answers an x and a y for each fresh row.
 */
export const placeByNeighbours = async (
  known: Matrix,
  positions: Float32Array,
  fresh: Matrix,
  { signal, onProgress }: PlaceOptions = {},
): Promise<Float32Array> => {
  const placed = new Float32Array(rowCount(fresh) * 2);
  for (let row = 0; row < placed.length / 2; row++) {
    if (row % TURN === 0) {
      await setImmediate();
      signal?.throwIfAborted();
      onProgress?.(row / (placed.length / 2));
    }
    placed.set(between(nearest(known, rowOf(fresh, row)), positions), row * 2);
  }
  return placed;
};

interface Neighbour {
  readonly row: number;
  readonly distance: number;
}

const nearest = (known: Matrix, wanted: Float32Array): Neighbour[] => {
  const best: Neighbour[] = [];
  let limit = Infinity;
  for (let row = 0, at = 0; row < rowCount(known); row++, at += known.columns) {
    let square = 0;
    for (let i = 0; i < wanted.length && square < limit; i++)
      square += ((known.values[at + i] ?? 0) - (wanted[i] ?? 0)) ** 2;
    if (square >= limit) continue;
    best.push({ row, distance: square });
    best.sort((a, b) => a.distance - b.distance);
    if (best.length > NEIGHBOURS) best.pop();
    if (best.length === NEIGHBOURS) limit = best[NEIGHBOURS - 1]?.distance ?? Infinity;
  }
  return best;
};

/** The nearer, the heavier; two neighbours far apart on the map do not put a point into the void between them. */
const between = (neighbours: readonly Neighbour[], positions: Float32Array): [number, number] => {
  let [x, y, sum] = [0, 0, 0];
  for (const { row, distance } of neighbours) {
    const weight = 1 / (distance * distance + 1e-9);
    x += weight * (positions[row * 2] ?? 0);
    y += weight * (positions[row * 2 + 1] ?? 0);
    sum += weight;
  }
  return sum === 0 ? [0, 0] : [x / sum, y / sum];
};
