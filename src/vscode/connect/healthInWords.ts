import * as vscode from 'vscode';
import type {
  BucketFacts,
  DatabaseFacts,
  IndexFacts,
  ModelFacts,
  PartHealth,
  TokenFacts,
} from '../../cloudflare/partHealth.ts';
import { FREE_PLAN, freeVectors } from '../../cloudflare/planLimits.ts';
import { MULTILINGUAL_MODEL } from '../../cloudflare/workersAiModels.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import { MemoryError } from '../../memory/errors.ts';
import { describeError } from '../errors.ts';
import { number } from '../numbers.ts';

export interface Health {
  readonly part: string;
  /** `warning`: works, but somebody should look at it. */
  readonly state: 'healthy' | 'warning' | 'unhealthy';
  readonly ms: number;
  /** What was seen, or what is wrong and what to do. */
  readonly detail: string;
  readonly nextStep?: string | undefined;
  /** The command that helps. */
  readonly action?: string | undefined;
}

type Words = Pick<Health, 'detail' | 'nextStep' | 'action'> & Partial<Pick<Health, 'state'>>;

/** What a part showed, in the person's language, with the command that helps where something should be done. */
export function partInWords(health: PartHealth, target: CloudTarget): Health {
  const { ms } = health;
  const part = nameOf(health.part, target);
  if (health.facts === undefined) return failed(part, health.error, ms);
  return { part, state: 'healthy', ms, ...wordsFor(health, target) };
}

export function failed(part: string, error: unknown, ms: number): Health {
  const action = MemoryError.is(error, 'unauthorized')
    ? 'edgeMemory.changeToken'
    : MemoryError.is(error, 'misconfigured')
      ? 'edgeMemory.reconnect'
      : undefined;
  return { part, state: 'unhealthy', detail: describeError(error), ms, action };
}

function nameOf(part: PartHealth['part'], { endpoint }: CloudTarget): string {
  switch (part) {
    case 'token':
      return vscode.l10n.t('Token');
    case 'database':
      return 'D1';
    case 'index':
      return 'Vectorize';
    case 'bucket':
      return 'R2';
    case 'model':
      return endpoint === undefined ? 'Workers AI' : vscode.l10n.t('Embedding server');
  }
}

function wordsFor(health: Extract<PartHealth, { facts: object }>, target: CloudTarget): Words {
  switch (health.part) {
    case 'token':
      return tokenWords(health.facts, target);
    case 'database':
      return databaseWords(health.facts);
    case 'index':
      return indexWords(health.facts);
    case 'bucket':
      return bucketWords(health.facts);
    case 'model':
      return modelWords(health.facts);
  }
}

function tokenWords({ expiresAt, endsSoon }: TokenFacts, { accountName }: CloudTarget): Words {
  if (expiresAt === undefined) return { detail: vscode.l10n.t('valid for {0}, without an end', accountName) };
  const end = new Date(expiresAt).toLocaleDateString(vscode.env.language);
  const detail = vscode.l10n.t('valid for {0} until {1}', accountName, end);
  return endsSoon
    ? {
        state: 'warning',
        detail,
        nextStep: vscode.l10n.t('Make a new token before then, and choose Change Token.'),
        action: 'edgeMemory.changeToken',
      }
    : { detail };
}

function databaseWords({ name, live, pending, bytes, schemaVersion }: DatabaseFacts): Words {
  const detail = [
    vscode.l10n.t('{0}: {1} memories, {2} wait for their vector', name, number(live), number(pending)),
    ...(bytes === undefined
      ? []
      : [
          vscode.l10n.t(
            '{0} MB; the free plan holds {1} MB',
            (bytes / 1e6).toFixed(1),
            number(FREE_PLAN.databaseBytes / 1e6),
          ),
        ]),
  ].join(', ');
  if (schemaVersion === 0)
    return {
      state: 'warning',
      detail,
      nextStep: vscode.l10n.t('Edge Memory’s tables are not there yet: connect again to add them.'),
      action: 'edgeMemory.connect',
    };
  return pending === 0
    ? { detail }
    : {
        state: 'warning',
        detail,
        nextStep: vscode.l10n.t('Verify and Repair computes the vectors that are missing.'),
        action: 'edgeMemory.verify',
      };
}

function indexWords(index: IndexFacts): Words {
  const { name, dimensions, vectors, chunkVectors, nearlyFull } = index;
  const holds = number(freeVectors(dimensions));
  const detail =
    chunkVectors === 0
      ? vscode.l10n.t(
          '{0}: {1} vectors of {2}; the free plan holds {3}',
          name,
          number(vectors),
          dimensions,
          holds,
        )
      : vscode.l10n.t(
          '{0}: {1} vectors of {2}, and {3} of long memories in {4}; the free plan holds {5}',
          name,
          number(vectors),
          dimensions,
          number(chunkVectors),
          `${name}-chunks`,
          holds,
        );
  return nearlyFull
    ? {
        state: 'warning',
        detail,
        nextStep: vscode.l10n.t(
          'On the free plan, delete old memories or change the plan: further ones are found by keyword only.',
        ),
      }
    : { detail };
}

function bucketWords({ bucket, objects, more }: BucketFacts): Words {
  if (bucket === undefined)
    return {
      detail: vscode.l10n.t('no bucket: content of more than 1 MB is refused'),
      nextStep: vscode.l10n.t(
        'To add one, enable R2 in Cloudflare’s dashboard, connect again and choose a bucket.',
      ),
      action: 'edgeMemory.connect',
    };
  const count = number(objects);
  return {
    detail: more
      ? vscode.l10n.t('{0}: {1} large contents or more', bucket, count)
      : vscode.l10n.t('{0}: {1} large contents', bucket, count),
  };
}

function modelWords({ model, needsOtherLanguages }: ModelFacts): Words {
  const detail = vscode.l10n.t('{0}, {1} dimensions', model.label, model.dimensions);
  return needsOtherLanguages
    ? {
        state: 'warning',
        detail,
        nextStep: vscode.l10n.t(
          'Many of the latest memories are in languages that this model does not know: Rebuild Index with {0} finds them by meaning.',
          MULTILINGUAL_MODEL,
        ),
        action: 'edgeMemory.rebuildIndex',
      }
    : { detail };
}
