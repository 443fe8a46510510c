import { readFileSync } from 'node:fs';
import path from 'node:path';
import { architecture } from './architecture.ts';
import { Kernels } from './kernels.ts';
import { UnigramTokenizer } from './tokenizer.ts';
import type { Vocabulary } from './tokenizer.ts';
import { Transformer } from './transformer.ts';
import { Weights } from './weights.ts';
import { weightsFiles } from './weightsFile.ts';

/** Of a text, in UTF-16 code units: more than the first 128 tokens of any text worth embedding. */
const MAX_LENGTH = 8192;

export interface UseLite {
  /** 512 values, L2-normalised, for any text; what follows the first 128 tokens counts for nothing. */
  embed(text: string): Float32Array<ArrayBuffer>;
}

/**
 * Universal Sentence Encoder lite in the calling thread, from the files that `buildUseLite` wrote. Throws where they
 * are missing or of another version.
 */
export function openUseLite(directory: string): UseLite {
  const weights = new Weights(directory, Kernels.workspaceBytes);
  const kernels = new Kernels(path.join(directory, weightsFiles.kernels), weights);
  const transformer = new Transformer(kernels, weights);
  const vocabulary = JSON.parse(
    readFileSync(path.join(directory, weightsFiles.vocabulary), 'utf8'),
  ) as Vocabulary;
  const tokenizer = new UnigramTokenizer(vocabulary);
  return {
    embed: (text) => {
      const ids = tokenizer.tokenize(withPlainSpaces(text), architecture.maxTokens);
      // Nothing to read is read like something unknown.
      return transformer.encode(ids.length === 0 ? [0] : ids);
    },
  };
}

/**
 * Indentation and line breaks, which would each be a token or an unknown one, become single spaces, as in
 * SentencePiece's default normaliser; the reference package leaves that to its caller.
 */
const withPlainSpaces = (text: string): string =>
  text.trimStart().slice(0, MAX_LENGTH).replace(/\s+/gu, ' ').trimEnd();
