import { readFileSync } from 'node:fs';
import { architecture } from './architecture.ts';
import type { Weights } from './weights.ts';

const { maxTokens, width, feedForwardWidth } = architecture;

/** The exports of build/kernels.wat, which says what they compute. */
interface KernelFunctions {
  multiply(
    weights: number,
    rows: number,
    columns: number,
    inputs: number,
    tokens: number,
    outputs: number,
  ): void;
  score(query: number, keys: number, stride: number, count: number, columns: number, scores: number): void;
  mix(weights: number, values: number, stride: number, count: number, columns: number, mixed: number): void;
}

/** The inner loops in WASM, and their buffers behind the weights. */
export class Kernels {
  /** Free space that the buffers need. */
  static readonly workspaceBytes = 10 * maxTokens * feedForwardWidth + 4 * maxTokens * (1 + width);

  readonly run: KernelFunctions;
  /** Quantised inputs of `multiply`: [tokens][columns] */
  readonly inputs: Int16Array;
  /** [tokens][rows] */
  readonly outputs: Int32Array;
  /** [tokens][3][heads][head width] */
  readonly queryKeyValue: Float32Array;
  /** Of one query: [tokens] */
  readonly scores: Float32Array;
  /** [tokens][heads][head width] */
  readonly attended: Float32Array;

  constructor(wasmFile: string, { memory, workspace }: Weights) {
    const module = new WebAssembly.Module(readFileSync(wasmFile));
    const { exports } = new WebAssembly.Instance(module, { model: { memory } });
    this.run = exports as unknown as KernelFunctions;

    this.inputs = new Int16Array(memory.buffer, workspace, maxTokens * feedForwardWidth);
    this.outputs = new Int32Array(memory.buffer, end(this.inputs), maxTokens * feedForwardWidth);
    this.queryKeyValue = new Float32Array(memory.buffer, end(this.outputs), maxTokens * feedForwardWidth);
    this.scores = new Float32Array(memory.buffer, end(this.queryKeyValue), maxTokens);
    this.attended = new Float32Array(memory.buffer, end(this.scores), maxTokens * width);
  }
}

const end = (array: Int16Array | Int32Array | Float32Array): number => array.byteOffset + array.byteLength;
