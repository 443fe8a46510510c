import { architecture } from './architecture.ts';
import type { Kernels } from './kernels.ts';

const { heads } = architecture;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

/**
 * Scaled dot-product self-attention with several heads: `queryKeyValue` [tokens][3][heads][width / heads] →
 * [tokens][heads][width / heads].
 */
export function selfAttention(kernels: Kernels, queryKeyValue: Float32Array, tokens: number): Float32Array {
  const width = queryKeyValue.length / tokens / 3;
  const headWidth = width / heads;
  const stride = 3 * width * FLOAT_BYTES;
  kernels.queryKeyValue.set(queryKeyValue);
  const scores = kernels.scores.subarray(0, tokens);
  for (let head = 0; head < heads; head++) {
    const queries = kernels.queryKeyValue.byteOffset + head * headWidth * FLOAT_BYTES;
    const keys = queries + width * FLOAT_BYTES;
    const values = keys + width * FLOAT_BYTES;
    for (let token = 0; token < tokens; token++) {
      kernels.run.score(queries + token * stride, keys, stride, tokens, headWidth, scores.byteOffset);
      softmax(scores, 1 / Math.sqrt(headWidth));
      const attended = kernels.attended.byteOffset + (token * width + head * headWidth) * FLOAT_BYTES;
      kernels.run.mix(scores.byteOffset, values, stride, tokens, headWidth, attended);
    }
  }
  return kernels.attended.slice(0, tokens * width);
}

/** Of the scores times `scale`, in place. */
function softmax(scores: Float32Array, scale: number): void {
  let largest = -Infinity;
  for (const score of scores) largest = Math.max(largest, score);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) {
    const weight = Math.exp(((scores[i] ?? 0) - largest) * scale);
    scores[i] = weight;
    sum += weight;
  }
  for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] ?? 0) / sum;
}
