/** Rows of numbers, one after the other. */
export interface Matrix<T extends Float32Array | Int8Array = Float32Array> {
  readonly values: T;
  readonly columns: number;
}

export const rowCount = ({ values, columns }: Matrix<Float32Array | Int8Array>): number =>
  columns === 0 ? 0 : values.length / columns;

export const rowOf = ({ values, columns }: Matrix, row: number): Float32Array =>
  values.subarray(row * columns, (row + 1) * columns);

/** Rows at an even distance from each other, at most `most`. */
export const evenly = (count: number, most: number): number[] => {
  const wanted = Math.min(count, most);
  return Array.from({ length: wanted }, (_, i) => Math.floor((i * count) / wanted));
};

export const pick = (matrix: Matrix, rows: readonly number[]): Matrix => {
  const values = new Float32Array(rows.length * matrix.columns);
  for (const [i, row] of rows.entries()) values.set(rowOf(matrix, row), i * matrix.columns);
  return { values, columns: matrix.columns };
};
