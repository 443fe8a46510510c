import type { Kernels } from './kernels.ts';
import type { Matrix, Weights } from './weights.ts';

/** The largest quantised activation: 1536 products of 127 × 8191 stay below 2³¹. */
const LARGEST = 8191;

/** A dense layer: y = W x + b. Weights have 8 bits, activations 14 while they are multiplied. */
export class Linear {
  readonly #kernels: Kernels;
  readonly #matrix: Matrix;
  readonly #bias: Float32Array;

  constructor(kernels: Kernels, weights: Weights, name: string, inputs: number, outputs: number) {
    this.#kernels = kernels;
    this.#matrix = weights.matrix(name, outputs, inputs);
    this.#bias = weights.vector(`${name}.bias`, outputs);
  }

  /** [tokens][columns] → [tokens][rows] */
  apply(activations: Float32Array, tokens: number): Float32Array {
    const { rows, columns, address, scales } = this.#matrix;
    const { inputs, outputs, run } = this.#kernels;
    const inputScales = quantize(activations, tokens, inputs);
    // An odd last token is multiplied together with whatever follows it, which nobody reads.
    const evenTokens = tokens + (tokens % 2);
    run.multiply(address, rows, columns, inputs.byteOffset, evenTokens, outputs.byteOffset);
    const result = new Float32Array(tokens * rows);
    for (let token = 0; token < tokens; token++) {
      const inputScale = inputScales[token] ?? 0;
      for (let row = 0, at = token * rows; row < rows; row++, at++) {
        result[at] = (outputs[at] ?? 0) * inputScale * (scales[row] ?? 0) + (this.#bias[row] ?? 0);
      }
    }
    return result;
  }
}

/** Rounds the activations to integers, each token's largest to `LARGEST`; answers the scale of each token. */
function quantize(activations: Float32Array, tokens: number, quantized: Int16Array): Float32Array {
  const columns = activations.length / tokens;
  const scales = new Float32Array(tokens);
  for (let token = 0; token < tokens; token++) {
    const [start, end] = [token * columns, (token + 1) * columns];
    let largest = 0;
    for (let at = start; at < end; at++) largest = Math.max(largest, Math.abs(activations[at] ?? 0));
    const factor = largest === 0 ? 0 : LARGEST / largest;
    for (let at = start; at < end; at++) quantized[at] = Math.round((activations[at] ?? 0) * factor);
    scales[token] = largest / LARGEST;
  }
  return scales;
}
