import { looksEnglish } from '../memory/language.ts';
import type { EmbeddingModel } from '../memory/ports.ts';
import { CHUNK, DUPLICATE_SIMILARITY } from './embeddings.ts';

/** `default`: what the model does by itself; most take no such parameter. */
export type Pooling = 'mean' | 'cls' | 'default';

export const isPooling = (text: string): text is Pooling =>
  text === 'mean' || text === 'cls' || text === 'default';

interface KnownModel {
  readonly dimensions: number;
  readonly languages: 'english' | 'all';
  readonly pooling: Pooling;
  readonly fusionWeight: number;
  readonly minSimilarity: number;
  /** Sent with every request. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/**
 * https://developers.cloudflare.com/workers-ai/models/. Unrelated English texts have a cosine of 0.40–0.55 in the
 * English bge models. Neither that nor the weights could be measured offline: the retrieval set of the bench does it on
 * a real account.
 */
const knownModels: Readonly<Record<string, KnownModel>> = {
  '@cf/baai/bge-small-en-v1.5': {
    dimensions: 384,
    languages: 'english',
    pooling: 'mean',
    fusionWeight: 0.9,
    minSimilarity: 0.52,
  },
  '@cf/baai/bge-base-en-v1.5': {
    dimensions: 768,
    languages: 'english',
    pooling: 'mean',
    fusionWeight: 1,
    minSimilarity: 0.52,
  },
  '@cf/baai/bge-large-en-v1.5': {
    dimensions: 1024,
    languages: 'english',
    pooling: 'mean',
    fusionWeight: 1,
    minSimilarity: 0.52,
  },
  '@cf/baai/bge-m3': {
    dimensions: 1024,
    languages: 'all',
    pooling: 'default',
    fusionWeight: 1,
    minSimilarity: 0.4,
    // It would refuse a longer text instead.
    parameters: { truncate_inputs: true },
  },
};

/** Knows a hundred languages, and is the cheapest. */
export const MULTILINGUAL_MODEL = '@cf/baai/bge-m3';

/** What mcp-memory-service uses, and so every index shared with it. */
export const DEFAULT_MODEL = '@cf/baai/bge-base-en-v1.5';
export const DEFAULT_SPACE = `${DEFAULT_MODEL}:mean`;

export const parametersOf = (model: string, pooling: Pooling): Record<string, unknown> => ({
  ...knownModels[model]?.parameters,
  ...(pooling !== 'default' && { pooling }),
});

/** What is sent where nothing else is asked for. cls and mean vectors of one model do not mix. */
export const defaultPooling = (model: string): Pooling => knownModels[model]?.pooling ?? 'default';

/** Undefined for a model that has to be asked. */
export const knownDimensions = (model: string): number | undefined => knownModels[model]?.dimensions;

export const describeModel = (model: string, pooling: Pooling, dimensions: number): EmbeddingModel => {
  const known = knownModels[model];
  return {
    space: `${model}:${pooling}`,
    dimensions,
    chunk: CHUNK,
    fusionWeight: known?.fusionWeight ?? 0.8,
    minSimilarity: known?.minSimilarity ?? 0.3,
    duplicateSimilarity: DUPLICATE_SIMILARITY,
    label: `${model.split('/').at(-1) ?? model} (Workers AI)`,
    understands: known?.languages === 'english' ? looksEnglish : () => true,
  };
};
