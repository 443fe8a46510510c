import { evenly, type Matrix, rowCount, rowOf } from './matrix.ts';

/** Rows that the axes are made of; more change them little. */
const SAMPLE = 2000;
const ITERATIONS = 16;

/**
 * Int8 vectors as unit vectors, seen along the axes in which they differ most (at most `axes`, the widest first).
 * Cosines of what is left stay nearly the same, at a tenth of the numbers.
 */
export const alongPrincipalAxes = (
  vectors: Matrix<Int8Array>,
  axes: number,
  random: () => number,
): Matrix => {
  const unit = centred(unitRows(vectors));
  const columns = Math.min(axes, unit.columns, Math.max(2, rowCount(unit)));
  return project(unit, widestAxes(covariance(unit), unit.columns, columns, random), columns);
};

const unitRows = ({ values, columns }: Matrix<Int8Array>): Matrix => {
  const unit = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += columns) {
    let square = 0;
    for (let i = start; i < start + columns; i++) square += (values[i] ?? 0) ** 2;
    const length = Math.sqrt(square) || 1;
    for (let i = start; i < start + columns; i++) unit[i] = (values[i] ?? 0) / length;
  }
  return { values: unit, columns };
};

const centred = (matrix: Matrix): Matrix => {
  const { values, columns } = matrix;
  const mean = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) mean[i % columns] = (mean[i % columns] ?? 0) + (values[i] ?? 0);
  const rows = rowCount(matrix) || 1;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) - (mean[i % columns] ?? 0) / rows;
  return matrix;
};

const covariance = (matrix: Matrix): Float64Array => {
  const { columns } = matrix;
  const sums = new Float64Array(columns * columns);
  for (const row of evenly(rowCount(matrix), SAMPLE)) {
    const values = rowOf(matrix, row);
    for (let a = 0; a < columns; a++) {
      const value = values[a] ?? 0;
      for (let b = 0, at = a * columns; b < columns; b++, at++)
        sums[at] = (sums[at] ?? 0) + value * (values[b] ?? 0);
    }
  }
  return sums;
};

/** Subspace iteration: axes are turned by the covariance until they settle on the widest ones. */
const widestAxes = (
  covariances: Float64Array,
  columns: number,
  wanted: number,
  random: () => number,
): Float64Array[] => {
  let axes: Float64Array[] = Array.from({ length: wanted }, () =>
    Float64Array.from({ length: columns }, () => random() - 0.5),
  );
  for (let i = 0; i < ITERATIONS; i++) axes = orthonormal(axes.map((axis) => times(covariances, axis)));
  return axes.map(facingForward);
};

const times = (square: Float64Array, vector: Float64Array): Float64Array => {
  const { length } = vector;
  const result = new Float64Array(length);
  for (let row = 0; row < length; row++) {
    let sum = 0;
    for (let i = 0, at = row * length; i < length; i++, at++) sum += (square[at] ?? 0) * (vector[i] ?? 0);
    result[row] = sum;
  }
  return result;
};

/** Gram and Schmidt, in place. */
const orthonormal = (axes: Float64Array[]): Float64Array[] => {
  for (const [i, axis] of axes.entries()) {
    for (const other of axes.slice(0, i)) {
      const along = dot(axis, other);
      for (let k = 0; k < axis.length; k++) axis[k] = (axis[k] ?? 0) - along * (other[k] ?? 0);
    }
    const length = Math.sqrt(dot(axis, axis));
    for (let k = 0; k < axis.length; k++) axis[k] = length > 1e-12 ? (axis[k] ?? 0) / length : 0;
  }
  return axes;
};

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

/** An axis and its opposite are equally good: the map should not flip over. */
const facingForward = (axis: Float64Array): Float64Array => {
  const widest = axis.reduce((so, value) => (Math.abs(value) > Math.abs(so) ? value : so), 0);
  return widest < 0 ? axis.map((value) => -value) : axis;
};

const project = (matrix: Matrix, axes: readonly Float64Array[], columns: number): Matrix => {
  const rows = rowCount(matrix);
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = rowOf(matrix, row);
    for (const [i, axis] of axes.entries()) values[row * columns + i] = dot(axis, from);
  }
  return { values, columns };
};
