import type { PseudoModel } from './pseudoEmbedding.ts';

export interface EmbeddingModel extends PseudoModel {
  readonly description: string;
  /** What a million tokens cost, of the free plan's 10,000 a day. */
  readonly neuronsPerMillionTokens: number;
}

export const rerankerName = '@cf/baai/bge-reranker-base';

export const embeddingModels: readonly EmbeddingModel[] = [
  {
    name: '@cf/baai/bge-small-en-v1.5',
    description:
      'BAAI general embedding (Small) model that transforms any given text into a 384-dimensional vector',
    dimensions: 384,
    maxTokens: 512,
    neuronsPerMillionTokens: 1841,
  },
  {
    name: '@cf/baai/bge-base-en-v1.5',
    description:
      'BAAI general embedding (Base) model that transforms any given text into a 768-dimensional vector',
    dimensions: 768,
    maxTokens: 512,
    neuronsPerMillionTokens: 6058,
  },
  {
    name: '@cf/baai/bge-large-en-v1.5',
    description:
      'BAAI general embedding (Large) model that transforms any given text into a 1024-dimensional vector',
    dimensions: 1024,
    maxTokens: 512,
    neuronsPerMillionTokens: 18582,
  },
  {
    name: '@cf/baai/bge-m3',
    description: 'Multi-functionality, multi-linguality and multi-granularity embeddings model',
    dimensions: 1024,
    maxTokens: 8192,
    neuronsPerMillionTokens: 1075,
  },
  {
    name: '@cf/google/embeddinggemma-300m',
    description: 'EmbeddingGemma, an open embedding model for its size',
    dimensions: 768,
    maxTokens: 2048,
    neuronsPerMillionTokens: 1075,
  },
];
