import * as z from 'zod';
import { MemoryError } from '../memory/errors.ts';
import type { EmbeddingModel } from '../memory/ports.ts';
import { beginningOf } from '../memory/text.ts';

/** Length of a chunk and its overlap: 512 tokens are about 1,800 characters of English prose, fewer of code. */
export const CHUNK = { size: 1500, overlap: 150 } as const;

/** Unrelated texts have higher cosines in these models than in the offline one. Not measured yet, as their weights. */
export const DUPLICATE_SIMILARITY = 0.93;

/** No model that takes 512 tokens reads more; what is longer would only be sent to be cut off. */
const MAX_TEXT = 4 * CHUNK.size;

/** How many vectors a content of so many bytes has, a little too many for other scripts than the Latin one. */
export const chunkCount = (bytes: number, { chunk }: Pick<EmbeddingModel, 'chunk'>): number =>
  Math.max(1, Math.ceil(bytes / (chunk.size - chunk.overlap)));

/** The values of one vector. A loop of our own: zod's lists of numbers take several times as long. */
export const vectorValues = z.custom<number[]>(
  (value) => Array.isArray(value) && value.every((each) => typeof each === 'number'),
);

export const clipped = (texts: readonly string[]): string[] =>
  texts.map((text) => beginningOf(text, MAX_TEXT));

/** The values of a model's answer as L2-normalised vectors. Throws a `MemoryError` where they are none. */
export const normalisedVectors = (
  answer: readonly (readonly number[])[],
  expected: { texts: number; dimensions?: number | undefined; model: string },
): Float32Array[] => {
  const { texts, model } = expected;
  if (answer.length !== texts) throw badVectors(model, `${answer.length} vectors for ${texts} texts`);
  const dimensions = expected.dimensions ?? answer[0]?.length ?? 0;
  return answer.map((values) => {
    if (values.length !== dimensions || dimensions === 0)
      throw badVectors(model, `a vector of ${values.length} dimensions where there should be ${dimensions}`);
    return normalised(values, model);
  });
};

const normalised = (values: readonly number[], model: string): Float32Array => {
  let squares = 0;
  for (const value of values) squares += value * value;
  const length = Math.sqrt(squares);
  if (!(length > 0) || !Number.isFinite(length)) throw badVectors(model, 'a vector without a direction');
  return new Float32Array(values.map((value) => value / length));
};

const badVectors = (model: string, what: string): MemoryError =>
  new MemoryError(
    'embedding-failed',
    `The embedding model ${model} answered ${what}.`,
    'Check that the name of the model is right, and that it is the one that the index was made for.',
  );
