import type { CloudEnvironment } from '../cloudflare/environment.ts';
import {
  type BucketFacts,
  type DatabaseFacts,
  examineParts,
  type IndexFacts,
  type ModelFacts,
  type Part,
  type PartHealth,
  type TokenFacts,
} from '../cloudflare/partHealth.ts';
import { FREE_PLAN } from '../cloudflare/planLimits.ts';
import { MULTILINGUAL_MODEL } from '../cloudflare/workersAiModels.ts';
import type { Cli } from './cli.ts';
import { openClient } from './cloudClient.ts';
import { failed, type Finding, type HealthCheck } from './healthCheck.ts';
import { counted } from './output.ts';

const NAMES: Readonly<Record<Part, string>> = {
  token: 'token',
  database: 'D1',
  index: 'Vectorize',
  bucket: 'R2',
  model: 'Workers AI',
};

/** Asks every part once, all at the same time, and changes nothing. */
export const cloudHealth = async (cli: Cli, settings: CloudEnvironment): Promise<HealthCheck[]> => {
  const { client, access, close } = openClient(cli, settings);
  try {
    const { config } = settings;
    const parts = await examineParts({ client, access, config, call: { signal: cli.signal } });
    return parts.map(checkOf);
  } finally {
    await close();
  }
};

const checkOf = (health: PartHealth): HealthCheck => {
  const { part, ms } = health;
  if (health.facts === undefined) return failed(NAMES[part], health.error, ms);
  return { part: NAMES[part], state: 'healthy', ms, ...findingOf(health) };
};

const findingOf = (health: Extract<PartHealth, { facts: object }>): Finding => {
  switch (health.part) {
    case 'token':
      return tokenFinding(health.facts);
    case 'database':
      return databaseFinding(health.facts);
    case 'index':
      return indexFinding(health.facts);
    case 'bucket':
      return bucketFinding(health.facts);
    case 'model':
      return modelFinding(health.facts);
  }
};

const tokenFinding = ({ owner, expiresAt, endsSoon }: TokenFacts): Finding => {
  const facts = { owner, expires_at: expiresAt === undefined ? null : expiresAt / 1000 };
  if (expiresAt === undefined) return { detail: 'valid, without an end', facts };
  const detail = `valid until ${new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return endsSoon
    ? {
        state: 'warning',
        detail,
        nextStep: 'Make a new token in Cloudflare’s dashboard before then, and set CLOUDFLARE_API_TOKEN.',
        facts,
      }
    : { detail, facts };
};

const databaseFinding = (database: DatabaseFacts): Finding => {
  const { id, name, live, deleted, pending, bytes, schemaVersion } = database;
  const facts = {
    id,
    name,
    memories: live,
    deleted,
    pending,
    bytes: bytes ?? null,
    free_plan_bytes: FREE_PLAN.databaseBytes,
    schema_version: schemaVersion,
  };
  const size = bytes === undefined ? '' : `, ${(bytes / 1e6).toFixed(1)} MB (the free plan holds 500)`;
  const queue = pending === 0 ? '' : `, ${pending.toLocaleString('en')} waiting for a vector`;
  const detail = `${name}: ${counted(live, 'memory', 'memories')}${queue}${size}`;
  if (schemaVersion === 0)
    return {
      state: 'warning',
      detail: `${detail}; without Edge Memory’s tables yet`,
      nextStep: 'Run edge-memory connect, which adds them.',
      facts,
    };
  return pending === 0
    ? { detail, facts }
    : { state: 'warning', detail, nextStep: 'Run edge-memory embed.', facts };
};

const indexFinding = (index: IndexFacts): Finding => {
  const { name, dimensions, metric, vectors, chunkVectors, storedDimensions, nearlyFull } = index;
  const facts = {
    name,
    dimensions,
    metric,
    vectors,
    chunk_vectors: chunkVectors,
    stored_dimensions: storedDimensions,
    free_plan_dimensions: FREE_PLAN.storedDimensions,
  };
  const part = ((100 * storedDimensions) / FREE_PLAN.storedDimensions).toFixed(1);
  const detail = `${name}: ${counted(vectors + chunkVectors, 'vector')} of ${dimensions} dimensions, ${metric}; ${part} % of the free plan’s 5 million dimensions`;
  return nearlyFull
    ? {
        state: 'warning',
        detail,
        nextStep:
          'In the free plan, delete old memories or change the plan: further ones are found by keyword only.',
        facts,
      }
    : { detail, facts };
};

const bucketFinding = ({ bucket, objects, more }: BucketFacts): Finding =>
  bucket === undefined
    ? {
        detail: 'no bucket: content of more than 1 MB is refused',
        nextStep:
          'To add one, enable R2 in Cloudflare’s dashboard, and run edge-memory connect (--r2-bucket names one).',
        facts: { bucket: null },
      }
    : {
        detail: `${bucket}: ${objects.toLocaleString('en')}${more ? ' or more' : ''} large contents`,
        facts: { bucket, objects },
      };

const modelFinding = ({ name, endpoint, model, needsOtherLanguages }: ModelFacts): Finding => {
  const { dimensions, space } = model;
  const place = endpoint === undefined ? '' : ` on ${endpoint}`;
  return {
    detail: `${name}${place}: ${dimensions} dimensions`,
    facts: { model: name, space, dimensions },
    ...(needsOtherLanguages && {
      state: 'warning',
      nextStep: `A fifth of the latest memories are in languages that this model does not know, and are found by keyword only. ${MULTILINGUAL_MODEL} knows them: edge-memory rebuild-index --model ${MULTILINGUAL_MODEL}`,
    }),
  };
};
