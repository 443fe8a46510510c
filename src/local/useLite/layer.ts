import { architecture } from './architecture.ts';
import { selfAttention } from './attention.ts';
import type { Kernels } from './kernels.ts';
import { Linear } from './linear.ts';
import type { Weights } from './weights.ts';

const { width, feedForwardWidth } = architecture;

/** A transformer layer that normalises before its attention and before its feed-forward part. */
export class Layer {
  readonly #kernels: Kernels;
  readonly #residual: Linear | undefined;
  readonly #attentionNorm: LayerNorm;
  readonly #queryKeyValue: Linear;
  readonly #attentionOutput: Linear;
  readonly #feedForwardNorm: LayerNorm;
  readonly #expand: Linear;
  readonly #contract: Linear;

  constructor(kernels: Kernels, weights: Weights, name: string, inputWidth: number) {
    const linear = (part: string, inputs: number, outputs: number) =>
      new Linear(kernels, weights, `${name}.${part}`, inputs, outputs);
    this.#kernels = kernels;
    // The first layer widens its input, so that it can be added to the attention's output.
    this.#residual = inputWidth === width ? undefined : linear('residual', inputWidth, width);
    this.#attentionNorm = new LayerNorm(weights, `${name}.attentionNorm`, inputWidth);
    this.#queryKeyValue = linear('queryKeyValue', inputWidth, 3 * inputWidth);
    this.#attentionOutput = linear('attentionOutput', inputWidth, width);
    this.#feedForwardNorm = new LayerNorm(weights, `${name}.feedForwardNorm`, width);
    this.#expand = linear('expand', width, feedForwardWidth);
    this.#contract = linear('contract', feedForwardWidth, width);
  }

  /** [tokens][inputWidth] → [tokens][width] */
  apply(states: Float32Array, tokens: number): Float32Array {
    const queryKeyValue = this.#queryKeyValue.apply(this.#attentionNorm.apply(states), tokens);
    const attended = selfAttention(this.#kernels, queryKeyValue, tokens);
    const mixed = this.#attentionOutput.apply(attended, tokens);
    add(mixed, this.#residual?.apply(states, tokens) ?? states);
    const expanded = this.#expand.apply(this.#feedForwardNorm.apply(mixed), tokens);
    rectify(expanded);
    const contracted = this.#contract.apply(expanded, tokens);
    add(contracted, mixed);
    return contracted;
  }
}

class LayerNorm {
  readonly #scale: Float32Array;
  readonly #bias: Float32Array;

  constructor(weights: Weights, name: string, size: number) {
    this.#scale = weights.vector(`${name}.scale`, size);
    this.#bias = weights.vector(`${name}.bias`, size);
  }

  /** Each token's states to mean 0 and variance 1, then scaled and shifted. */
  apply(states: Float32Array): Float32Array {
    const size = this.#scale.length;
    const normalized = new Float32Array(states.length);
    for (let start = 0; start < states.length; start += size) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += states[start + i] ?? 0;
      const mean = sum / size;
      let squares = 0;
      for (let i = 0; i < size; i++) squares += ((states[start + i] ?? 0) - mean) ** 2;
      const factor = 1 / Math.sqrt(squares / size + 1e-6);
      for (let i = 0; i < size; i++) {
        const value = ((states[start + i] ?? 0) - mean) * factor;
        normalized[start + i] = value * (this.#scale[i] ?? 0) + (this.#bias[i] ?? 0);
      }
    }
    return normalized;
  }
}

function add(target: Float32Array, addend: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) + (addend[i] ?? 0);
}

function rectify(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.max(0, values[i] ?? 0);
}
