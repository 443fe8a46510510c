import * as z from 'zod';
import { MemoryError } from '../memory/errors.ts';
import type { CallOptions } from '../memory/ports.ts';
import { apiPath } from './apiPath.ts';
import { jsonBody, type ClientLog, type CloudflareClient } from './client.ts';
import type { EmbeddingCache } from './embeddingCache.ts';
import { normalisedVectors, vectorValues } from './embeddings.ts';
import { dimensionsOf, type EmbeddingService, RemoteEmbedder } from './remoteEmbedder.ts';
import { defaultPooling, describeModel, parametersOf, type Pooling } from './workersAiModels.ts';

/** https://developers.cloudflare.com/workers-ai/models/bge-base-en-v1.5/ */
const TEXTS_PER_REQUEST = 100;
const PARALLEL = 4;

const answer = z.object({
  shape: z.array(z.number()).optional(),
  data: z.array(vectorValues),
  pooling: z.string().optional(),
});

export interface WorkersAiOptions {
  readonly client: CloudflareClient;
  readonly account: string;
  /** As in `@cf/baai/bge-base-en-v1.5`. */
  readonly model: string;
  /** Default: the model's usual one. Recorded in the model's `space`. */
  readonly pooling?: Pooling | undefined;
  readonly cache?: EmbeddingCache | undefined;
  readonly log?: ClientLog | undefined;
}

/** Embeddings by Workers AI, each paid for once. */
export class WorkersAiEmbedder extends RemoteEmbedder {
  constructor(options: WorkersAiOptions & { readonly dimensions: number }) {
    super(serviceOf(options), options.dimensions);
  }

  /** Learns the dimensions first. Any embedding model of Workers AI will do. */
  static async probe(options: WorkersAiOptions, call?: CallOptions): Promise<WorkersAiEmbedder> {
    return new WorkersAiEmbedder({ ...options, dimensions: await dimensionsOf(serviceOf(options), call) });
  }
}

const serviceOf = (options: WorkersAiOptions): EmbeddingService => ({
  describe: (dimensions) =>
    describeModel(options.model, options.pooling ?? defaultPooling(options.model), dimensions),
  compute: (texts, dimensions, call) => run(options, texts, dimensions, call),
  textsPerRequest: TEXTS_PER_REQUEST,
  parallel: PARALLEL,
  cache: options.cache,
  log: options.log,
});

const run = async (
  { client, account, model, pooling = defaultPooling(model) }: WorkersAiOptions,
  texts: readonly string[],
  dimensions: number | undefined,
  options?: CallOptions,
): Promise<Float32Array[]> => {
  const result = await client.request(
    {
      ...options,
      method: 'POST',
      path: apiPath`/accounts/${account}/ai/run/${model.split('/')}`,
      body: jsonBody({ text: texts, ...parametersOf(model, pooling) }),
      resource: { product: 'Workers AI', name: `the model ${model}` },
      idempotent: true,
      confidential: texts,
    },
    answer,
  );
  if (pooling !== 'default' && result.pooling !== undefined && result.pooling !== pooling)
    throw new MemoryError(
      'embedding-failed',
      `Workers AI pooled by ${result.pooling} where ${pooling} was asked: the two do not mix.`,
      'Try again; if it stays so, choose another embedding model.',
    );
  return normalisedVectors(result.data, { texts: texts.length, dimensions, model });
};
