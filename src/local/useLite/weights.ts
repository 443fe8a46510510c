import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import { manifestFormat, weightsFiles } from './weightsFile.ts';
import type { WeightsManifest } from './weightsFile.ts';

const PAGE = 65_536;

/** int8 values with a scale per row, inside the memory that the matrix product works on. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Of the values, in the memory. */
  readonly address: number;
  /** [rows][columns] */
  readonly values: Int8Array;
  /** [rows] */
  readonly scales: Float32Array;
}

/** The model's tensors. They stay int8, so that opening them is reading one file, straight into WASM memory. */
export class Weights {
  readonly memory: WebAssembly.Memory;
  /** Address of the free space behind the weights. */
  readonly workspace: number;
  readonly #manifest: WeightsManifest;

  /** Reads the weights in `directory`, with `workspaceBytes` of free space behind them. */
  constructor(directory: string, workspaceBytes: number) {
    const manifest = JSON.parse(
      readFileSync(path.join(directory, weightsFiles.manifest), 'utf8'),
    ) as Partial<WeightsManifest>;
    if (!isCurrent(manifest)) throw new Error(`${directory} holds no weights of format ${manifestFormat}.`);
    this.#manifest = manifest;
    this.workspace = manifest.bytes;
    this.memory = new WebAssembly.Memory({ initial: Math.ceil((manifest.bytes + workspaceBytes) / PAGE) });
    readInto(
      path.join(directory, weightsFiles.weights),
      new Uint8Array(this.memory.buffer, 0, manifest.bytes),
    );
  }

  matrix(name: string, rows: number, columns: number): Matrix {
    const entry = this.#manifest.matrices[name];
    if (entry?.rows !== rows || entry.columns !== columns) throw wrongShape(name, `${rows} × ${columns}`);
    const values = new Int8Array(this.memory.buffer, entry.values, rows * columns);
    const scales = new Float32Array(this.memory.buffer, entry.scales, rows);
    return { rows, columns, address: entry.values, values, scales };
  }

  vector(name: string, length: number): Float32Array {
    const entry = this.#manifest.vectors[name];
    if (entry?.length !== length) throw wrongShape(name, `${length}`);
    return new Float32Array(this.memory.buffer, entry.values, length);
  }
}

const isCurrent = (manifest: Partial<WeightsManifest>): manifest is WeightsManifest =>
  manifest.format === manifestFormat;

const wrongShape = (name: string, shape: string) =>
  new Error(`The weights have no tensor ${name} of shape ${shape}.`);

function readInto(file: string, target: Uint8Array): void {
  const descriptor = openSync(file, 'r');
  try {
    const length = readSync(descriptor, target, 0, target.length, 0);
    if (length !== target.length)
      throw new Error(`${file} has only ${length} of its ${target.length} bytes.`);
  } finally {
    closeSync(descriptor);
  }
}
