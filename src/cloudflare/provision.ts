import { MemoryError } from '../memory/errors.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { CloudflareClient } from './client.ts';
import { inspectDatabase, type D1State, readColumns } from './cloudSchema.ts';
import { D1Database } from './d1.ts';
import {
  createD1Database,
  type D1Description,
  describeD1Database,
  listD1Databases,
  type Place,
} from './d1Databases.ts';
import { DEFAULT_SPACE } from './workersAiModels.ts';
import { createR2Bucket, listR2Buckets } from './r2.ts';
import { listVectorizeIndexes, VectorizeIndex, type VectorizeDescription } from './vectorize.ts';

/** The names that mcp-memory-service's guide gives its resources: found again, they are the same memory. */
export const USUAL_NAMES = {
  database: 'mcp-memory-db',
  index: 'mcp-memory-index',
  bucket: 'mcp-memory-content',
} as const;

/** What an account has that could hold memories. */
export interface Resources {
  readonly databases: readonly D1Description[];
  readonly indexes: readonly VectorizeDescription[];
  /** Undefined where R2 can't be used; `withoutBuckets` says why. */
  readonly buckets: readonly string[] | undefined;
  readonly withoutBuckets: string | undefined;
}

/** Three requests at once. R2 that is not enabled, or not allowed, is no obstacle. Buckets of a jurisdiction are listed apart. */
export const findResources = async (
  client: CloudflareClient,
  account: string,
  { jurisdiction, ...options }: CallOptions & Pick<Place, 'jurisdiction'> = {},
): Promise<Resources> => {
  const [databases, indexes, buckets] = await Promise.all([
    listD1Databases(client, account, options),
    listVectorizeIndexes(client, account, options),
    bucketsIn(client, account, { jurisdiction, ...options }),
  ]);
  return { databases, indexes, ...buckets };
};

const bucketsIn = async (
  ...request: Parameters<typeof listR2Buckets>
): Promise<Pick<Resources, 'buckets' | 'withoutBuckets'>> => {
  try {
    return { buckets: await listR2Buckets(...request), withoutBuckets: undefined };
  } catch (error) {
    if (!MemoryError.is(error, 'misconfigured') && !MemoryError.is(error, 'forbidden')) throw error;
    return { buckets: undefined, withoutBuckets: `${error.message} ${error.nextStep}` };
  }
};

/**
 * The resources beside a database: one that was made within a jurisdiction keeps its buckets there too, whatever is
 * `wanted`. `listed`: of which the buckets are known.
 */
export const resourcesBeside = async (
  client: CloudflareClient,
  account: string,
  {
    resources,
    database,
    listed,
    wanted,
    ...options
  }: CallOptions & {
    readonly resources: Resources;
    /** Undefined where it is still to be made. */
    readonly database: D1Description | undefined;
    readonly listed?: string | undefined;
    readonly wanted?: string | undefined;
  },
): Promise<{ readonly resources: Resources; readonly jurisdiction: string | undefined }> => {
  const described =
    database?.jurisdiction === undefined
      ? database && (await describeD1Database(client, account, database.id, options))
      : database;
  const jurisdiction = described?.jurisdiction ?? wanted;
  if (jurisdiction === listed) return { resources, jurisdiction };
  const buckets = await bucketsIn(client, account, { jurisdiction, ...options });
  return { resources: { ...resources, ...buckets }, jurisdiction };
};

/** Databases that are looked into by their tables: a request each, within the 16 that connecting may take. */
export const LOOKED_INTO = 5;

/** Of these databases, those that have the tables of mcp-memory-service; one that can't be asked has none. */
export const holdingMemories = async (
  client: CloudflareClient,
  account: string,
  databases: readonly D1Description[],
  options?: CallOptions,
): Promise<D1Description[]> => {
  const holds = async ({ id }: D1Description): Promise<boolean> => {
    try {
      const sql = new D1Database({ client, account, database: id });
      const [rows = []] = await sql.read([readColumns], options);
      const columns = new Set(rows.map((row) => row['name']));
      return columns.has('content_hash') && columns.has('vector_id');
    } catch (error) {
      if (MemoryError.is(error) && !options?.signal?.aborted) return false;
      throw error;
    }
  };
  const found = await Promise.all(databases.map(holds));
  return databases.filter((_, i) => found[i]);
};

export interface Choice extends Place {
  readonly database?: string | undefined;
  readonly index?: string | undefined;
  /** Null: no bucket. */
  readonly bucket?: string | null | undefined;
  readonly dimensions: number;
}

/** The resources to use, by name; those that do not exist are made. */
export interface Provisioned {
  readonly database: D1Description;
  readonly index: VectorizeDescription;
  readonly bucket: string | undefined;
  /** What was made, in words. */
  readonly made: readonly string[];
}

export type ResourceKind = 'database' | 'index' | 'bucket';

/** What is made, as in a sentence. */
export const resourceInWords = (kind: ResourceKind, name: string): string =>
  ({
    database: `the database ${name}`,
    index: `the Vectorize index ${name}`,
    bucket: `the R2 bucket ${name}`,
  })[kind];

/** Throws `misconfigured` where an index can't take the vectors of a model. */
export const checkIndex = ({ name, dimensions, metric }: VectorizeDescription, wanted: number): void => {
  if (dimensions === wanted && metric === 'cosine') return;
  throw new MemoryError(
    'misconfigured',
    `The Vectorize index ${name} has ${dimensions} dimensions and the metric ${metric}; the embedding model needs ${wanted} and cosine.`,
    'Choose another index, or the embedding model that this one was made for.',
  );
};

/** Finds or creates, all at once; what exists is taken as it is. Rejects where an index does not fit the model. */
export const provision = async (
  client: CloudflareClient,
  account: string,
  found: Resources,
  choice: Choice,
  options: CallOptions & { onProgress?: (kind: ResourceKind, name: string) => void } = {},
): Promise<Provisioned> => {
  const { onProgress, ...call } = options;
  const made: string[] = [];
  const make = async <T>(kind: ResourceKind, name: string, create: () => Promise<T>): Promise<T> => {
    onProgress?.(kind, name);
    const result = await create();
    made.push(resourceInWords(kind, name));
    return result;
  };
  const names = {
    database: choice.database ?? USUAL_NAMES.database,
    index: choice.index ?? USUAL_NAMES.index,
    bucket: choice.bucket === undefined ? USUAL_NAMES.bucket : choice.bucket,
  };
  const index = found.indexes.find(({ name }) => name === names.index);
  if (index) checkIndex(index, choice.dimensions);
  const { bucket } = names;
  const wantsBucket = bucket !== null && found.buckets !== undefined;
  const [database, readyIndex] = await Promise.all([
    found.databases.find(({ name, id }) => name === names.database || id === names.database) ??
      make('database', names.database, () =>
        createD1Database(client, account, names.database, { ...choice, ...call }),
      ),
    index ??
      make('index', names.index, () =>
        new VectorizeIndex({ client, account, index: names.index }).create(
          { dimensions: choice.dimensions, metric: 'cosine' },
          call,
        ),
      ),
    wantsBucket && !found.buckets.includes(bucket)
      ? make('bucket', bucket, () =>
          createR2Bucket(
            { client, account, bucket, jurisdiction: choice.jurisdiction },
            { locationHint: choice.locationHint, ...call },
          ),
        )
      : undefined,
  ]);
  return { database, index: readyIndex, bucket: wantsBucket ? bucket : undefined, made };
};

/** What a database holds, before anything in it is changed. */
export interface Inspection {
  readonly state: D1State;
  readonly live: number;
  readonly deleted: number;
  /** Live ones that are found by keyword only. */
  readonly withoutVectors: number;
  /** What our tables and their full text will add, estimated from what such databases took. */
  readonly rowsToWrite: number;
  readonly megabytesToAdd: number;
}

/** By what the vectors of a database are made, which has to stay so: a shared one is mcp-memory-service's own. */
export const keptSpace = ({ state, live }: Inspection): string | undefined =>
  state.embeddingSpace ?? (live > 0 ? DEFAULT_SPACE : undefined);

/** Rows that each memory adds: two of full text, their shadow tables, an entry of two own indexes, its vector's copy. */
const ROWS_PER_MEMORY = 8;
/** Of the copy of a vector of 768 dimensions. */
const BYTES_PER_VECTOR = 1300;
/** Full text of words and of trigrams takes about as much as three times the content. */
const BYTES_PER_CONTENT_BYTE = 3;

export const inspect = async (
  client: CloudflareClient,
  account: string,
  database: string,
  options?: CallOptions,
): Promise<Inspection> => {
  const sql = new D1Database({ client, account, database });
  const state = await inspectDatabase(sql, options);
  if (!state.hasMemories)
    return { state, live: 0, deleted: 0, withoutVectors: 0, rowsToWrite: 0, megabytesToAdd: 0 };
  const isNew = state.schemaVersion === 0;
  const deleted = state.missingColumns.includes('deleted_at') ? '0' : '(deleted_at IS NOT NULL)';
  const [rows] = await sql.read(
    [
      {
        sql: `SELECT count(*) AS n, coalesce(sum(${deleted}), 0) AS deleted, coalesce(sum(length(content)), 0) AS bytes,
            ${isNew ? `coalesce(sum(vector_id IS NULL AND NOT ${deleted}), 0)` : '(SELECT count(*) FROM em_embed_queue)'} AS without
          FROM memories`,
      },
    ],
    options,
  );
  const number = (key: string) => Number(rows?.[0]?.[key] ?? 0);
  return {
    state,
    live: number('n') - number('deleted'),
    deleted: number('deleted'),
    withoutVectors: number('without'),
    rowsToWrite: isNew ? number('n') * ROWS_PER_MEMORY : 0,
    megabytesToAdd: isNew
      ? (number('bytes') * BYTES_PER_CONTENT_BYTE + number('n') * BYTES_PER_VECTOR) / 1e6
      : 0,
  };
};
