import * as z from 'zod';
import { groupsOf } from '../memory/groups.ts';
import type { CallOptions } from '../memory/ports.ts';
import { apiPath } from './apiPath.ts';
import { jsonBody, type ApiBody, type ApiCall, type CloudflareClient } from './client.ts';
import { vectorValues } from './embeddings.ts';
import { CloudflareApiError } from './errors.ts';
import { inParallel } from './inParallel.ts';
import { ndjsonOf, roundedValues, vectorGroups, type VectorRecord } from './vectorLines.ts';

/** https://developers.cloudflare.com/vectorize/platform/limits/ */
export const VECTORIZE_LIMITS = { topK: 100, getIds: 20, deleteIds: 100, listCount: 1000 } as const;
const PARALLEL = 4;
/** Requests of a hundred ids are small: a thousand memories go at once. */
const PARALLEL_DELETES = 10;

const mutation = z.object({ mutationId: z.string().nullish() });
const scored = z.object({ matches: z.array(z.object({ id: z.string(), score: z.number() })) });
const stored = z.array(
  z.object({
    id: z.string(),
    values: vectorValues,
    metadata: z.record(z.string(), z.unknown()).nullish(),
  }),
);
const listed = z.object({
  vectors: z.array(z.object({ id: z.string() })),
  totalCount: z.number().optional(),
  nextCursor: z.string().nullish(),
});
const indexInfo = z.object({
  dimensions: z.number(),
  vectorCount: z.number(),
  processedUpToMutation: z.union([z.string(), z.number()]).nullish(),
  processedUpToDatetime: z.string().nullish(),
});
const described = z.object({
  name: z.string(),
  config: z.object({ dimensions: z.number(), metric: z.string() }),
});

export type VectorizeInfo = z.output<typeof indexInfo>;

export interface VectorizeDescription {
  readonly name: string;
  readonly dimensions: number;
  /** `cosine`, `euclidean` or `dot-product`. */
  readonly metric: string;
}

export interface VectorizeMatch {
  readonly id: string;
  /** For a cosine index −1…1. */
  readonly score: number;
}

export interface StoredVector {
  readonly id: string;
  readonly values: Float32Array;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface VectorizePage {
  readonly ids: readonly string[];
  readonly totalCount: number | undefined;
  /** Cursor of the next page. */
  readonly next: string | undefined;
}

export interface VectorizeOptions {
  readonly client: CloudflareClient;
  readonly account: string;
  readonly index: string;
}

/** Lists an account's indexes. */
export const listVectorizeIndexes = async (
  client: CloudflareClient,
  account: string,
  options: CallOptions = {},
): Promise<VectorizeDescription[]> => {
  const path = apiPath`/accounts/${account}/vectorize/v2/indexes`;
  const resource = { product: 'Vectorize', name: 'the list of indexes' } as const;
  const found = await client.request({ ...options, method: 'GET', path, resource }, z.array(described));
  return found.map(description);
};

/**
 * One Vectorize index over its REST API (v2). Writes can be seen only after a while: half a minute as a rule, minutes
 * at times. Every call is safe to repeat.
 */
export class VectorizeIndex {
  readonly #client: CloudflareClient;
  readonly #account: string;
  readonly name: string;

  constructor({ client, account, index }: VectorizeOptions) {
    this.#client = client;
    this.#account = account;
    this.name = index;
  }

  /** Replaces what the ids had. In requests of at most 1,000 vectors; an id has at most 64 bytes. */
  async upsert(records: readonly VectorRecord[], options?: CallOptions): Promise<void> {
    await inParallel(vectorGroups(records), PARALLEL, async (group) => {
      const body = { type: 'application/x-ndjson', content: await ndjsonOf(group) };
      await this.#post('upsert', body, mutation, options);
    });
  }

  /** Ids that the index does not have are no error. */
  async deleteByIds(ids: readonly string[], options?: CallOptions): Promise<void> {
    await inParallel(groupsOf(ids, VECTORIZE_LIMITS.deleteIds), PARALLEL_DELETES, (group) =>
      this.#post('delete_by_ids', jsonBody({ ids: group }), mutation, options),
    );
  }

  /** The most similar first. `topK` is at most 100. */
  async query(vector: Float32Array, topK: number, options?: CallOptions): Promise<VectorizeMatch[]> {
    const body = { vector: roundedValues(vector), topK: Math.min(topK, VECTORIZE_LIMITS.topK) };
    return (await this.#post('query', jsonBody(body), scored, options)).matches;
  }

  /** In any order; ids that the index does not have are left out. */
  async getByIds(ids: readonly string[], options?: CallOptions): Promise<StoredVector[]> {
    const groups = await inParallel(groupsOf(ids, VECTORIZE_LIMITS.getIds), PARALLEL, (group) =>
      this.#post('get_by_ids', jsonBody({ ids: group }), stored, options),
    );
    return groups.flat().map(({ id, values, metadata }) => ({
      id,
      values: Float32Array.from(values),
      metadata: metadata ?? {},
    }));
  }

  /** Ids in the order of the index, a page at a time. */
  async list(cursor?: string, options?: CallOptions): Promise<VectorizePage> {
    const query = { count: VECTORIZE_LIMITS.listCount, cursor };
    const page = await this.#client.request(this.#call('GET', 'list', { ...options, query }), listed);
    return {
      ids: page.vectors.map(({ id }) => id),
      totalCount: page.totalCount,
      next: page.nextCursor ?? undefined,
    };
  }

  info(options?: CallOptions): Promise<VectorizeInfo> {
    return this.#client.request(this.#call('GET', 'info', options), indexInfo);
  }

  async describe(options?: CallOptions): Promise<VectorizeDescription> {
    return description(await this.#client.request(this.#call('GET', undefined, options), described));
  }

  /** Rejects with a `conflict` where there is an index of that name, unless a lost answer to this very call made it. */
  async create(
    config: { dimensions: number; metric: 'cosine' },
    options: CallOptions = {},
  ): Promise<VectorizeDescription> {
    const call: ApiCall = {
      ...this.#call('POST', undefined, options),
      path: apiPath`/accounts/${this.#account}/vectorize/v2/indexes`,
      body: jsonBody({ name: this.name, config }),
    };
    try {
      return description(await this.#client.request(call, described));
    } catch (error) {
      const cause = CloudflareApiError.of(error);
      if (cause?.code === DUPLICATE_NAME && cause.attempts > 1) return this.describe(options);
      throw error;
    }
  }

  /** One that is not there is no error. */
  async remove(options?: CallOptions): Promise<void> {
    try {
      await this.#client.request({ ...this.#call('GET', undefined, options), method: 'DELETE' }, z.unknown());
    } catch (error) {
      if (!GONE.has(CloudflareApiError.of(error)?.code)) throw error;
    }
  }

  #post<T>(action: string, body: ApiBody, schema: z.ZodType<T>, options?: CallOptions): Promise<T> {
    return this.#client.request({ ...this.#call('POST', action, options), body }, schema);
  }

  #call(method: 'GET' | 'POST', action?: string, more?: Partial<ApiCall>): ApiCall {
    const index = apiPath`/accounts/${this.#account}/vectorize/v2/indexes/${this.name}`;
    return {
      ...more,
      method,
      path: action === undefined ? index : `${index}/${action}`,
      resource: { product: 'Vectorize', name: `the Vectorize index ${this.name}` },
      idempotent: true,
    };
  }
}

const DUPLICATE_NAME = 3002;
const GONE = new Set<number | undefined>([3000, 3005]);

const description = ({ name, config }: z.output<typeof described>): VectorizeDescription => ({
  name,
  dimensions: config.dimensions,
  metric: config.metric,
});
