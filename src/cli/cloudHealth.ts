import { verifyToken } from '../cloudflare/account.ts';
import { chunksIndexOf } from '../cloudflare/cloudVectorIndex.ts';
import type { CloudflareClient } from '../cloudflare/client.ts';
import { CloudflareApiError } from '../cloudflare/errors.ts';
import { D1Database } from '../cloudflare/d1.ts';
import { describeD1Database } from '../cloudflare/d1Databases.ts';
import { choiceFor, createEmbedder, type EndpointAccess } from '../cloudflare/embeddingChoice.ts';
import type { CloudEnvironment } from '../cloudflare/environment.ts';
import type { CloudStoreConfig } from '../cloudflare/openCloudStore.ts';
import { needsOtherLanguages } from '../cloudflare/languages.ts';
import { FREE_PLAN } from '../cloudflare/planLimits.ts';
import { checkIndex, inspect, type Inspection } from '../cloudflare/provision.ts';
import { R2ObjectStore } from '../cloudflare/r2.ts';
import { VectorizeIndex } from '../cloudflare/vectorize.ts';
import { MULTILINGUAL_MODEL } from '../cloudflare/workersAiModels.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { Cli } from './cli.ts';
import { openClient } from './cloudClient.ts';
import { check, type Finding, type HealthCheck } from './healthCheck.ts';
import { counted } from './output.ts';

const WEEK_MS = 7 * 86_400_000;

interface Looking {
  readonly client: CloudflareClient;
  readonly access: EndpointAccess;
  readonly config: CloudStoreConfig;
  /** Of the database; its own check tells where it fails. */
  readonly inspection: Promise<Inspection>;
  readonly call: CallOptions;
}

/** Asks every part once, all at the same time, and changes nothing. */
export const cloudHealth = async (cli: Cli, settings: CloudEnvironment): Promise<HealthCheck[]> => {
  const { client, access, close } = openClient(cli, settings);
  const { config } = settings;
  const call = { signal: cli.signal };
  const inspection = inspect(client, config.account, config.database, call);
  inspection.catch(() => undefined);
  const looking: Looking = { client, access, config, inspection, call };
  const embedding = modelHealth(looking);
  embedding.catch(() => undefined);
  try {
    return await Promise.all([
      check(cli, 'token', () => tokenHealth(looking)),
      check(cli, 'D1', () => databaseHealth(looking)),
      check(cli, 'Vectorize', () => indexHealth(looking, embedding)),
      check(cli, 'R2', () => bucketHealth(looking)),
      check(cli, 'Workers AI', async () => (await embedding).finding),
    ]);
  } finally {
    await close();
  }
};

/** How long one request took, whatever else the check asks. */
const timed = async <T>(request: Promise<T>): Promise<{ result: T; ms: number }> => {
  const began = performance.now();
  const result = await request;
  return { result, ms: Math.round(performance.now() - began) };
};

const tokenHealth = async ({ client, config, call }: Looking): Promise<Finding> => {
  const { owner, expiresAt } = await verifyToken(client, { account: config.account, ...call });
  const facts = { owner, expires_at: expiresAt === undefined ? null : expiresAt / 1000 };
  if (expiresAt === undefined) return { detail: 'valid, without an end', facts };
  const detail = `valid until ${new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return expiresAt - Date.now() > WEEK_MS
    ? { detail, facts }
    : {
        state: 'warning',
        detail,
        nextStep: 'Make a new token in Cloudflare’s dashboard before then, and set CLOUDFLARE_API_TOKEN.',
        facts,
      };
};

const databaseHealth = async ({ client, config, inspection, call }: Looking): Promise<Finding> => {
  const { account, database } = config;
  const sql = new D1Database({ client, account, database, name: config.databaseName });
  const [{ result: described, ms }, { state, live, deleted }] = await Promise.all([
    timed(describeD1Database(client, account, database, call)),
    inspection,
  ]);
  const pending = state.schemaVersion === 0 ? 0 : await waiting(sql, call);
  const { bytes } = described;
  const facts = {
    id: described.id,
    name: described.name,
    memories: live,
    deleted,
    pending,
    bytes: bytes ?? null,
    free_plan_bytes: FREE_PLAN.databaseBytes,
    schema_version: state.schemaVersion,
  };
  const size = bytes === undefined ? '' : `, ${(bytes / 1e6).toFixed(1)} MB (the free plan holds 500)`;
  const queue = pending === 0 ? '' : `, ${pending.toLocaleString('en')} waiting for a vector`;
  const detail = `${described.name}: ${counted(live, 'memory', 'memories')}${queue}${size}`;
  if (state.schemaVersion === 0)
    return {
      state: 'warning',
      ms,
      detail: `${detail}; without Edge Memory’s tables yet`,
      nextStep: 'Run edge-memory connect, which adds them.',
      facts,
    };
  return pending === 0
    ? { ms, detail, facts }
    : { state: 'warning', ms, detail, nextStep: 'Run edge-memory embed.', facts };
};

const waiting = async (sql: D1Database, call: CallOptions): Promise<number> => {
  const [rows] = await sql.read([{ sql: 'SELECT count(*) AS n FROM em_embed_queue' }], call);
  return Number(rows?.[0]?.['n'] ?? 0);
};

const indexHealth = async (
  { client, config, inspection, call }: Looking,
  embedding: Promise<{ readonly dimensions: number }>,
): Promise<Finding> => {
  const { account } = config;
  // Where the database does not answer, the one that was connected.
  const index = (await inspection.catch(() => undefined))?.state.index ?? config.index;
  const main = new VectorizeIndex({ client, account, index });
  const [{ result: info, ms }, described, chunks] = await Promise.all([
    timed(main.info(call)),
    main.describe(call),
    chunkVectors(new VectorizeIndex({ client, account, index: chunksIndexOf(index) }), call),
  ]);
  // Where the model does not answer, its own check says so.
  const dimensions = (await embedding.catch(() => undefined))?.dimensions ?? described.dimensions;
  checkIndex(described, dimensions);
  const stored = (info.vectorCount + chunks) * described.dimensions;
  const facts = {
    name: index,
    dimensions: described.dimensions,
    metric: described.metric,
    vectors: info.vectorCount,
    chunk_vectors: chunks,
    stored_dimensions: stored,
    free_plan_dimensions: FREE_PLAN.storedDimensions,
  };
  const detail = `${index}: ${counted(info.vectorCount + chunks, 'vector')} of ${described.dimensions} dimensions, ${described.metric}; ${((100 * stored) / FREE_PLAN.storedDimensions).toFixed(1)} % of the free plan’s 5 million dimensions`;
  return stored < 0.9 * FREE_PLAN.storedDimensions
    ? { ms, detail, facts }
    : {
        state: 'warning',
        ms,
        detail,
        nextStep:
          'In the free plan, delete old memories or change the plan: further ones are found by keyword only.',
        facts,
      };
};

const NO_INDEX = 3000;

/** The second index is made with the first long memory. */
const chunkVectors = async (chunks: VectorizeIndex, call: CallOptions): Promise<number> => {
  try {
    return (await chunks.info(call)).vectorCount;
  } catch (error) {
    if (CloudflareApiError.of(error)?.code === NO_INDEX) return 0;
    throw error;
  }
};

const bucketHealth = async ({ client, config, call }: Looking): Promise<Finding> => {
  const { account, bucket, jurisdiction } = config;
  if (bucket === undefined)
    return { detail: 'no bucket: content of more than 900 kB is refused', facts: { bucket: null } };
  const { keys, next } = await new R2ObjectStore({ client, account, bucket, jurisdiction }).list(
    'content/',
    undefined,
    call,
  );
  const objects = `${keys.length.toLocaleString('en')}${next === undefined ? '' : ' or more'} large contents`;
  return { detail: `${bucket}: ${objects}`, facts: { bucket, objects: keys.length } };
};

const modelHealth = async ({ client, access, config, inspection, call }: Looking) => {
  const state = await inspection.then(
    (found) => found.state,
    () => undefined,
  );
  const choice = choiceFor(config, state);
  const embedder = await createEmbedder({ client, account: config.account, access }, choice, call);
  const { ms } = await timed(embedder.embed(['memory'], call));
  const { dimensions, space } = embedder.model;
  const { model } = choice;
  const place = choice.endpoint === undefined ? '' : ` on ${choice.endpoint}`;
  const finding: Finding = {
    ms,
    detail: `${model}${place}: ${dimensions} dimensions`,
    facts: { model, space, dimensions },
  };
  const isForeign =
    state !== undefined &&
    state.schemaVersion > 0 &&
    (await needsOtherLanguages(
      new D1Database({ client, account: config.account, database: config.database }),
      embedder.model,
      call,
    ));
  return { dimensions, finding: isForeign ? { ...finding, ...otherLanguages } : finding };
};

const otherLanguages = {
  state: 'warning',
  nextStep: `A fifth of the latest memories are in languages that this model does not know, and are found by keyword only. ${MULTILINGUAL_MODEL} knows them: edge-memory rebuild-index --model ${MULTILINGUAL_MODEL}`,
} as const;
