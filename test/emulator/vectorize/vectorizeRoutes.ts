import { z } from 'zod';
import type { Permission } from '../auth.ts';
import { ok, parseBody, refuse } from '../envelope.ts';
import type { Reply } from '../envelope.ts';
import type { EmulatorSettings, Limits } from '../options.ts';
import type { ApiRequest, Route } from '../router.ts';
import { param } from '../router.ts';
import { checkMetadataKey, readFilter } from './metadataFilter.ts';
import type { StoredVector, VectorMatch } from './vectorIndex.ts';
import { VectorIndex } from './vectorIndex.ts';
import { isGiven, readNamespace, readVectors } from './vectorLines.ts';

interface IndexRecord {
  readonly account: string;
  readonly name: string;
  readonly description: string;
  readonly created: string;
  readonly index: VectorIndex;
}

const presets = {
  '@cf/baai/bge-small-en-v1.5': 384,
  '@cf/baai/bge-base-en-v1.5': 768,
  '@cf/baai/bge-large-en-v1.5': 1024,
  'openai/text-embedding-ada-002': 1536,
  'cohere/embed-multilingual-v2.0': 768,
} as const;
const ownConfig = z.object({
  dimensions: z.number().int().min(1).max(1536),
  metric: z.enum(['cosine', 'euclidean', 'dot-product']),
});
const presetConfig = z
  .object({ preset: z.enum(Object.keys(presets) as (keyof typeof presets)[]) })
  .transform(({ preset }) => ({ dimensions: presets[preset], metric: 'cosine' as const }));
const createBody = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  description: z.string().optional(),
  config: z.union([ownConfig, presetConfig]),
});
const metadataIndexBody = z.object({
  propertyName: z.string(),
  indexType: z.enum(['string', 'number', 'boolean']),
});
const idsBody = z.object({ ids: z.array(z.string()) });
const queryBody = z.object({
  vector: z.array(z.number()).optional(),
  /** What wrangler's --vector-id sends. */
  vectorId: z.string().optional(),
  topK: z.number().int().min(1).default(5),
  filter: z.unknown().optional(),
  namespace: z.unknown().optional(),
  returnValues: z.boolean().default(false),
  returnMetadata: z.union([z.enum(['none', 'indexed', 'all']), z.boolean()]).default('none'),
});

const badJson = 40026;
const badConfig = 1005;
const edit: readonly Permission[] = ['Vectorize Edit'];
const read: readonly Permission[] = ['Vectorize Read', 'Vectorize Edit'];

/** Vectorize v2's part of the API. */
export function vectorizeRoutes(settings: EmulatorSettings, limits: Limits, now: () => number): Route[] {
  const indexes: IndexRecord[] = [];
  const deleted = new Set<string>();

  const find = (request: ApiRequest): IndexRecord => {
    const name = param(request, 'index');
    const account = param(request, 'account');
    const found = indexes.find((each) => each.account === account && each.name === name);
    if (found !== undefined) return found;
    if (deleted.has(`${account}/${name}`)) refuse(410, 3005, `vectorize.index.deleted - Index "${name}"`);
    return refuse(404, 3000, `vectorize.index.not_found - Index "${name}"`);
  };

  const create = (request: ApiRequest): Reply => {
    const account = param(request, 'account');
    const { name, description = '', config } = parseBody(request.body, createBody, badConfig);
    if (indexes.some((each) => each.account === account && each.name === name)) {
      refuse(400, 3002, `vectorize.index.duplicate_name - Index name "${name}"`);
    }
    const index = new VectorIndex(config.dimensions, config.metric, now, () => settings.visibilityDelayMs);
    const record = { account, name, description, created: new Date(now()).toISOString(), index };
    indexes.push(record);
    deleted.delete(`${account}/${name}`);
    return ok(describe(record));
  };

  const write = async (request: ApiRequest, mode: 'insert' | 'upsert'): Promise<Reply> => {
    const { account, index } = find(request);
    const discard = request.query.get('unparsable-behavior') === 'discard';
    const type = request.headers['content-type'] ?? '';
    const lines = await readVectors(request.body, type, index.dimensions, discard);
    const stored = indexes
      .filter((each) => each.account === account)
      .reduce((sum, each) => sum + each.index.vectors.size * each.index.dimensions, 0);
    const added = lines.filter(({ id }) => !index.vectors.has(id)).length * index.dimensions;
    // How Cloudflare words this refusal is not known.
    if (stored + added > limits.vectorizeStoredDimensions) refuse(403, 1005, 'vectorize.not_entitled');
    return ok({ mutationId: index.write(lines, mode) });
  };

  const root = '/accounts/:account/vectorize/v2/indexes';
  const one = `${root}/:index`;
  const post = (
    action: string,
    needs: readonly Permission[],
    handle: (index: VectorIndex, request: ApiRequest) => Reply,
  ): Route => ({
    method: 'POST',
    pattern: `${one}/${action}`,
    needs,
    handle: (request) => handle(find(request).index, request),
  });

  return [
    { method: 'POST', pattern: root, needs: edit, handle: create },
    {
      method: 'GET',
      pattern: root,
      needs: read,
      handle: (request) =>
        ok(indexes.filter((each) => each.account === param(request, 'account')).map(describe)),
    },
    { method: 'GET', pattern: one, needs: read, handle: (request) => ok(describe(find(request))) },
    {
      method: 'DELETE',
      pattern: one,
      needs: edit,
      handle: (request) => {
        const record = find(request);
        indexes.splice(indexes.indexOf(record), 1);
        deleted.add(`${record.account}/${record.name}`);
        return ok(null);
      },
    },
    {
      method: 'GET',
      pattern: `${one}/info`,
      needs: read,
      handle: (request) => ok(info(find(request).index)),
    },
    { method: 'POST', pattern: `${one}/insert`, needs: edit, handle: (request) => write(request, 'insert') },
    { method: 'POST', pattern: `${one}/upsert`, needs: edit, handle: (request) => write(request, 'upsert') },
    post('query', read, query),
    post('get_by_ids', read, getByIds),
    post('delete_by_ids', edit, deleteByIds),
    {
      method: 'GET',
      pattern: `${one}/list`,
      needs: read,
      handle: (request) => list(find(request).index, request),
    },
    post('metadata_index/create', edit, createMetadataIndex),
    post('metadata_index/delete', edit, deleteMetadataIndex),
    {
      method: 'GET',
      pattern: `${one}/metadata_index/list`,
      needs: read,
      handle: (request) => {
        const types = [...find(request).index.metadataTypes];
        return ok({
          metadataIndexes: types.map(([propertyName, indexType]) => ({ propertyName, indexType })),
        });
      },
    },
  ];
}

function query(index: VectorIndex, { body }: ApiRequest): Reply {
  const parsed = parseBody(body, queryBody, badJson);
  const { topK, returnValues } = parsed;
  const metadata =
    typeof parsed.returnMetadata === 'boolean' ? named(parsed.returnMetadata) : parsed.returnMetadata;
  const maxTopK = returnValues || metadata === 'all' ? 50 : 100;
  if (topK > maxTopK) refuse(400, 40025, `max top K is ${maxTopK}, but got ${topK}`);
  const vector = parsed.vectorId === undefined ? parsed.vector : index.vectors.get(parsed.vectorId)?.values;
  if (vector?.length !== index.dimensions) {
    const got = vector?.length ?? 0;
    refuse(
      400,
      40006,
      `invalid query vector, expected ${index.dimensions} dimensions, and got ${got} dimensions`,
    );
  }
  const namespace = isGiven(parsed.namespace) ? readNamespace(parsed.namespace) : undefined;
  const matches = index.query(Float32Array.from(vector), topK, readFilter(parsed.filter), namespace);
  return ok({
    count: matches.length,
    matches: matches.map((match) => describeMatch(match, returnValues, metadata)),
  });
}

function named(all: boolean): 'all' | 'none' {
  return all ? 'all' : 'none';
}

function describeMatch(
  { vector, score }: VectorMatch,
  returnValues: boolean,
  returnMetadata: 'none' | 'indexed' | 'all',
): object {
  const metadata = returnMetadata === 'all' ? vector.metadata : Object.fromEntries(vector.indexed);
  return {
    id: vector.id,
    score,
    ...(vector.namespace !== undefined && { namespace: vector.namespace }),
    ...(returnValues && { values: Array.from(vector.values) }),
    ...(returnMetadata !== 'none' && metadata && { metadata }),
  };
}

function readIds(body: Buffer, max: number): string[] {
  const { ids } = parseBody(body, idsBody, badJson);
  if (ids.length > max)
    refuse(400, 40007, `too many ids in payload; max id count is ${max}, got ${ids.length}`);
  return ids;
}

function getByIds(index: VectorIndex, { body }: ApiRequest): Reply {
  const found = readIds(body, 20).flatMap((id) => index.vectors.get(id) ?? []);
  return ok(found.map(describeVector));
}

function describeVector({ id, values, namespace, metadata }: StoredVector): object {
  return { id, values: Array.from(values), namespace: namespace ?? null, metadata: metadata ?? null };
}

function deleteByIds(index: VectorIndex, { body }: ApiRequest): Reply {
  return ok({ mutationId: index.delete(readIds(body, 100)) });
}

function list(index: VectorIndex, request: ApiRequest): Reply {
  const count = Number(request.query.get('count') ?? 100);
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    refuse(400, badJson, 'count must be from 1 to 1000');
  const after = Buffer.from(request.query.get('cursor') ?? '', 'base64url').toString();
  const ids = [...index.vectors.keys()].filter((id) => id > after).sort();
  const page = ids.slice(0, count);
  const isTruncated = ids.length > count;
  return ok({
    count: page.length,
    totalCount: index.vectors.size,
    isTruncated,
    nextCursor: isTruncated ? Buffer.from(page.at(-1) ?? '').toString('base64url') : null,
    vectors: page.map((id) => ({ id })),
  });
}

function createMetadataIndex(index: VectorIndex, { body }: ApiRequest): Reply {
  const { propertyName, indexType } = parseBody(body, metadataIndexBody, badJson);
  checkMetadataKey(propertyName);
  if (index.metadataTypes.size >= 10) refuse(400, badConfig, 'at most 10 metadata indexes');
  index.metadataTypes.set(propertyName, indexType);
  return mutated(index);
}

function deleteMetadataIndex(index: VectorIndex, { body }: ApiRequest): Reply {
  const { propertyName } = parseBody(body, metadataIndexBody.pick({ propertyName: true }), badJson);
  index.metadataTypes.delete(propertyName);
  return mutated(index);
}

/** Changing metadata indexes is a mutation, too. */
function mutated(index: VectorIndex): Reply {
  return ok({ mutationId: index.delete([]) });
}

function describe({ name, description, created, index }: IndexRecord): object {
  const config = { dimensions: index.dimensions, metric: index.metric };
  return { name, description, config, created_on: created, modified_on: created };
}

function info(index: VectorIndex): object {
  const { processed } = index;
  return {
    dimensions: index.dimensions,
    vectorCount: index.vectors.size,
    processedUpToMutation: processed?.mutationId ?? null,
    processedUpToDatetime: processed === undefined ? null : new Date(processed.at).toISOString(),
  };
}
