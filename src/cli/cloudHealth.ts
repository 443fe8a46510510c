import { verifyToken } from '../cloudflare/account.ts';
import type { CloudflareClient } from '../cloudflare/client.ts';
import { CloudflareApiError } from '../cloudflare/errors.ts';
import { D1Database } from '../cloudflare/d1.ts';
import { describeD1Database } from '../cloudflare/d1Databases.ts';
import type { CloudEnvironment } from '../cloudflare/environment.ts';
import type { CloudStoreConfig } from '../cloudflare/openCloudStore.ts';
import { checkIndex, inspect } from '../cloudflare/provision.ts';
import { R2ObjectStore } from '../cloudflare/r2.ts';
import { VectorizeIndex } from '../cloudflare/vectorize.ts';
import { WorkersAiEmbedder } from '../cloudflare/workersAi.ts';
import { DEFAULT_MODEL } from '../cloudflare/workersAiModels.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { Cli } from './cli.ts';
import { openClient } from './cloudClient.ts';
import { check, type Finding, type HealthCheck } from './healthCheck.ts';
import { counted } from './output.ts';

/** Limits of the free plan; which plan an account has, the API does not tell. https://developers.cloudflare.com/d1/platform/limits/ */
const FREE = { dimensions: 5_000_000, databaseBytes: 500e6 } as const;
const WEEK_MS = 7 * 86_400_000;

interface Looking {
  readonly client: CloudflareClient;
  readonly config: CloudStoreConfig;
  readonly call: CallOptions;
}

/** Asks every part once, all at the same time, and changes nothing. */
export const cloudHealth = async (cli: Cli, settings: CloudEnvironment): Promise<HealthCheck[]> => {
  const { client, close } = openClient(cli, settings);
  const looking: Looking = { client, config: settings.config, call: { signal: cli.signal } };
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

const databaseHealth = async ({ client, config, call }: Looking): Promise<Finding> => {
  const { account, database } = config;
  const sql = new D1Database({ client, account, database, name: config.databaseName });
  const [{ result: described, ms }, { state, live, deleted }] = await Promise.all([
    timed(describeD1Database(client, account, database, call)),
    inspect(client, account, database, call),
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
    free_plan_bytes: FREE.databaseBytes,
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
  { client, config: { account, index }, call }: Looking,
  embedding: Promise<{ readonly dimensions: number }>,
): Promise<Finding> => {
  const main = new VectorizeIndex({ client, account, index });
  const [{ result: info, ms }, described, chunks] = await Promise.all([
    timed(main.info(call)),
    main.describe(call),
    chunkVectors(new VectorizeIndex({ client, account, index: `${index}-chunks` }), call),
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
    free_plan_dimensions: FREE.dimensions,
  };
  const detail = `${index}: ${counted(info.vectorCount + chunks, 'vector')} of ${described.dimensions} dimensions, ${described.metric}; ${((100 * stored) / FREE.dimensions).toFixed(1)} % of the free plan’s 5 million dimensions`;
  return stored < 0.9 * FREE.dimensions
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

const modelHealth = async ({ client, config, call }: Looking) => {
  const model = config.model ?? DEFAULT_MODEL;
  const embedder = await WorkersAiEmbedder.probe({ client, account: config.account, model }, call);
  const { dimensions, space } = embedder.model;
  const finding: Finding = {
    detail: `${model}: ${dimensions} dimensions`,
    facts: { model, space, dimensions },
  };
  return { dimensions, finding };
};
