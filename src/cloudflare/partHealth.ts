import type { CallOptions, EmbeddingModel } from '../memory/ports.ts';
import { type TokenState, verifyToken } from './account.ts';
import { CloudflareApiError } from './errors.ts';
import type { CloudflareClient } from './client.ts';
import { chunksIndexOf } from './cloudVectorIndex.ts';
import { D1Database } from './d1.ts';
import { describeD1Database } from './d1Databases.ts';
import { choiceFor, createEmbedder, type EndpointAccess } from './embeddingChoice.ts';
import { needsOtherLanguages } from './languages.ts';
import type { CloudStoreConfig } from './openCloudStore.ts';
import { FREE_PLAN } from './planLimits.ts';
import { checkIndex, inspect, type Inspection } from './provision.ts';
import { R2ObjectStore } from './r2.ts';
import { VectorizeIndex } from './vectorize.ts';

const WEEK_MS = 7 * 86_400_000;
/** Of what the free plan holds, from which on a person should know. */
const NEARLY = 0.9;

export type TokenFacts = Pick<TokenState, 'owner' | 'expiresAt'> & {
  /** Within a week. */
  readonly endsSoon: boolean;
};

export interface DatabaseFacts {
  readonly id: string;
  readonly name: string;
  readonly live: number;
  readonly deleted: number;
  /** Memories that wait for their vector. */
  readonly pending: number;
  readonly bytes: number | undefined;
  /** 0 without our tables. */
  readonly schemaVersion: number;
}

export interface IndexFacts {
  readonly name: string;
  readonly dimensions: number;
  readonly metric: string;
  readonly vectors: number;
  /** Of the second index, which long memories have. */
  readonly chunkVectors: number;
  readonly storedDimensions: number;
  /** Of the free plan. */
  readonly nearlyFull: boolean;
}

export interface BucketFacts {
  /** Undefined: none is connected. */
  readonly bucket: string | undefined;
  readonly objects: number;
  /** There are more than were counted. */
  readonly more: boolean;
}

export interface ModelFacts {
  readonly name: string;
  /** The server that has it, where it is not Workers AI. */
  readonly endpoint: string | undefined;
  readonly model: EmbeddingModel;
  /** Many memories are in a language that it does not know. */
  readonly needsOtherLanguages: boolean;
}

interface FactsOf {
  readonly token: TokenFacts;
  readonly database: DatabaseFacts;
  readonly index: IndexFacts;
  readonly bucket: BucketFacts;
  readonly model: ModelFacts;
}
export type Part = keyof FactsOf;

/** What one part showed, or why it did not; with the milliseconds that it took to answer. */
export type PartHealth = { readonly ms: number } & (
  | { readonly [P in Part]: { readonly part: P; readonly facts: FactsOf[P] } }[Part]
  | { readonly part: Part; readonly facts?: undefined; readonly error: unknown }
);

export interface Examined {
  readonly client: CloudflareClient;
  readonly access: EndpointAccess;
  readonly config: CloudStoreConfig;
  readonly call: CallOptions;
}

interface Looking extends Examined {
  /** Of the database; its own check tells where it fails. */
  readonly inspection: Promise<Inspection>;
}

interface Seen<P extends Part> {
  readonly facts: FactsOf[P];
  /** Where another time says more than the whole of the check. */
  readonly ms?: number;
}

/**
 * Asks every part that the memories stand on once, all at the same time, and changes nothing. Rejects only where it was
 * aborted: that a part fails is what was to be found out.
 */
export const examineParts = async (examined: Examined): Promise<PartHealth[]> => {
  const { client, config, call } = examined;
  const inspection = inspect(client, config.account, config.database, call);
  inspection.catch(() => undefined);
  const looking: Looking = { ...examined, inspection };
  const embedding = modelFacts(looking);
  embedding.catch(() => undefined);
  return Promise.all([
    look('token', () => tokenFacts(looking), call),
    look('database', () => databaseFacts(looking), call),
    look('index', () => indexFacts(looking, embedding), call),
    look('bucket', () => bucketFacts(looking), call),
    look('model', () => embedding, call),
  ]);
};

const look = async <P extends Part>(
  part: P,
  see: () => Promise<Seen<P>>,
  { signal }: CallOptions,
): Promise<PartHealth> => {
  const began = performance.now();
  const passed = () => Math.round(performance.now() - began);
  try {
    const { facts, ms = passed() } = await see();
    return { part, facts, ms } as PartHealth;
  } catch (error) {
    signal?.throwIfAborted();
    return { part, error, ms: passed() };
  }
};

/** How long one request took, whatever else the check asks. */
const timed = async <T>(request: Promise<T>): Promise<{ result: T; ms: number }> => {
  const began = performance.now();
  const result = await request;
  return { result, ms: Math.round(performance.now() - began) };
};

const tokenFacts = async ({ client, config, call }: Looking): Promise<Seen<'token'>> => {
  const { owner, expiresAt } = await verifyToken(client, { account: config.account, ...call });
  return {
    facts: { owner, expiresAt, endsSoon: expiresAt !== undefined && expiresAt - Date.now() <= WEEK_MS },
  };
};

const databaseFacts = async ({ client, config, inspection, call }: Looking): Promise<Seen<'database'>> => {
  const { account, database } = config;
  const sql = new D1Database({ client, account, database, name: config.databaseName });
  const [{ result, ms }, { state, live, deleted }] = await Promise.all([
    timed(describeD1Database(client, account, database, call)),
    inspection,
  ]);
  const { id, name, bytes } = result;
  const { schemaVersion } = state;
  const pending = schemaVersion === 0 ? 0 : await waiting(sql, call);
  return { ms, facts: { id, name, live, deleted, pending, bytes, schemaVersion } };
};

const waiting = async (sql: D1Database, call: CallOptions): Promise<number> => {
  const [rows] = await sql.read([{ sql: 'SELECT count(*) AS n FROM em_embed_queue' }], call);
  return Number(rows?.[0]?.['n'] ?? 0);
};

const indexFacts = async (
  { client, config, inspection, call }: Looking,
  embedding: Promise<Seen<'model'>>,
): Promise<Seen<'index'>> => {
  const { account } = config;
  // Where the database does not answer, the one that was connected.
  const name = (await inspection.catch(() => undefined))?.state.index ?? config.index;
  const main = new VectorizeIndex({ client, account, index: name });
  const [{ result: info, ms }, described, chunkVectors] = await Promise.all([
    timed(main.info(call)),
    main.describe(call),
    chunkVectorsOf(new VectorizeIndex({ client, account, index: chunksIndexOf(name) }), call),
  ]);
  const { dimensions, metric } = described;
  // Where the model does not answer, its own check says so.
  const seen = await embedding.catch(() => undefined);
  checkIndex(described, seen?.facts.model.dimensions ?? dimensions);
  const vectors = info.vectorCount;
  const storedDimensions = (vectors + chunkVectors) * dimensions;
  const nearlyFull = storedDimensions >= NEARLY * FREE_PLAN.storedDimensions;
  return { ms, facts: { name, dimensions, metric, vectors, chunkVectors, storedDimensions, nearlyFull } };
};

const NO_INDEX = 3000;

/** The second index is made with the first long memory. */
export const chunkVectorsOf = async (chunks: VectorizeIndex, call: CallOptions): Promise<number> => {
  try {
    return (await chunks.info(call)).vectorCount;
  } catch (error) {
    if (CloudflareApiError.of(error)?.code === NO_INDEX) return 0;
    throw error;
  }
};

const bucketFacts = async ({ client, config, call }: Looking): Promise<Seen<'bucket'>> => {
  const { account, bucket, jurisdiction } = config;
  if (bucket === undefined) return { facts: { bucket, objects: 0, more: false } };
  const objects = new R2ObjectStore({ client, account, bucket, jurisdiction });
  const { keys, next } = await objects.list('content/', undefined, call);
  return { facts: { bucket, objects: keys.length, more: next !== undefined } };
};

const modelFacts = async ({ client, access, config, inspection, call }: Looking): Promise<Seen<'model'>> => {
  const { account, database } = config;
  const state = await inspection.then(
    (found) => found.state,
    () => undefined,
  );
  const choice = choiceFor(config, state);
  const embedder = await createEmbedder({ client, account, access }, choice, call);
  const { ms } = await timed(embedder.embed(['memory'], call));
  const { model } = embedder;
  const isForeign =
    state !== undefined &&
    state.schemaVersion > 0 &&
    (await needsOtherLanguages(new D1Database({ client, account, database }), model, call));
  const { model: name, endpoint } = choice;
  return { ms, facts: { name, endpoint, model, needsOtherLanguages: isForeign } };
};
