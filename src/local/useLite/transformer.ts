import { architecture } from './architecture.ts';
import type { Kernels } from './kernels.ts';
import { Layer } from './layer.ts';
import { Linear } from './linear.ts';
import type { Matrix, Weights } from './weights.ts';

const { pieces, embeddingWidth, width, maxTokens } = architecture;

/** Token ids → one sentence vector: embeddings with their positions, two transformer layers, mean, tanh layer. */
export class Transformer {
  readonly #embedding: Matrix;
  /** Angular frequencies of the positions' sines and cosines. */
  readonly #timing: Float32Array;
  readonly #layers: readonly Layer[];
  readonly #sentence: Linear;

  constructor(kernels: Kernels, weights: Weights) {
    this.#embedding = weights.matrix('embedding', pieces, embeddingWidth);
    this.#timing = weights.vector('timing', embeddingWidth / 2);
    this.#layers = [
      new Layer(kernels, weights, 'layer0', embeddingWidth),
      new Layer(kernels, weights, 'layer1', width),
    ];
    this.#sentence = new Linear(kernels, weights, 'sentence', width, width);
  }

  /** L2-normalised, 512 values. `ids` must not be empty. */
  encode(ids: readonly number[]): Float32Array<ArrayBuffer> {
    const clipped = ids.slice(0, maxTokens);
    let states = this.#embed(clipped);
    for (const layer of this.#layers) states = layer.apply(states, clipped.length);
    const sentence = this.#sentence.apply(meanOfTokens(states, clipped.length), 1).map(Math.tanh);
    const norm = Math.hypot(...sentence);
    return sentence.map((value) => value / norm);
  }

  /** [tokens][embeddingWidth] */
  #embed(ids: readonly number[]): Float32Array {
    const { values, scales } = this.#embedding;
    const states = new Float32Array(ids.length * embeddingWidth);
    const half = embeddingWidth / 2;
    for (const [position, id] of ids.entries()) {
      const piece = id * embeddingWidth;
      const state = position * embeddingWidth;
      // The graph, as the reference package runs it, adds each embedding to itself.
      const scale = 2 * (scales[id] ?? 0);
      for (let i = 0; i < half; i++) {
        const angle = position * (this.#timing[i] ?? 0);
        states[state + i] = (values[piece + i] ?? 0) * scale + Math.sin(angle);
        states[state + half + i] = (values[piece + half + i] ?? 0) * scale + Math.cos(angle);
      }
    }
    return states;
  }
}

function meanOfTokens(states: Float32Array, tokens: number): Float32Array {
  const mean = new Float32Array(width);
  for (let i = 0; i < states.length; i++) {
    const column = i % width;
    mean[column] = (mean[column] ?? 0) + (states[i] ?? 0) / tokens;
  }
  return mean;
}
