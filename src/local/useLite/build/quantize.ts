export interface QuantizedMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Int8Array;
  /** One per row. */
  readonly scales: Float32Array;
}

/** Rounds each row to int8 with the scale that maps its largest magnitude to 127. */
export function quantizeRows(values: Float32Array, rows: number, columns: number): QuantizedMatrix {
  const quantized = new Int8Array(rows * columns);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const line = values.subarray(row * columns, (row + 1) * columns);
    const largest = line.reduce((found, value) => Math.max(found, Math.abs(value)), 0);
    const scale = largest / 127 || 1;
    scales[row] = scale;
    quantized.set(
      line.map((value) => Math.round(value / scale)),
      row * columns,
    );
  }
  return { rows, columns, values: quantized, scales };
}

/** [rows][columns] → [columns][rows], both in row-major order. */
export function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const transposed = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      transposed[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return transposed;
}
