import * as vscode from 'vscode';
import { chunksIndexOf } from '../../cloudflare/cloudVectorIndex.ts';
import { describeD1Database } from '../../cloudflare/d1Databases.ts';
import type { CloudStore } from '../../cloudflare/cloudStore.ts';
import { chunkVectorsOf } from '../../cloudflare/partHealth.ts';
import { FREE_PLAN, freeVectors, neuronsFor } from '../../cloudflare/planLimits.ts';
import { VectorizeIndex } from '../../cloudflare/vectorize.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import type { MemoryStore } from '../../memory/memoryStore.ts';
import type { Limit, Limits } from '../../shared/overviewProtocol.ts';
import { createClient } from '../connect/client.ts';
import type { Services } from '../services.ts';

type Measured = Pick<Limit, 'label' | 'unit' | 'daily'> & {
  /** Undefined where it is not known. */
  readonly used: number | undefined;
  readonly free: number;
};

/** What the connected account's plan limits, as far as it is known here. Three requests at once. */
export async function limitsOf(
  services: Services,
  target: CloudTarget,
  signal: AbortSignal,
): Promise<Limits> {
  const isFree = services.settings.cloudflarePlan === 'free';
  const measured = await measure(services, target, signal);
  return {
    note: isFree
      ? vscode.l10n.t(
          'Used of Cloudflare’s free plan. Rows, and neurons by estimate, are those of this window since it connected; other windows and machines use them too.',
        )
      : vscode.l10n.t(
          'Used in Cloudflare’s paid plan. Rows, and neurons by estimate, are those of this window since it connected; other windows and machines use them too.',
        ),
    limits: measured.flatMap(({ used, free, ...limit }) =>
      used === undefined ? [] : [{ ...limit, used, of: isFree ? free : undefined }],
    ),
  };
}

async function measure(
  { connection, settings, log, store }: Services,
  target: CloudTarget,
  signal: AbortSignal,
): Promise<Measured[]> {
  const token = (await connection.tokens.get(target.account)) ?? '';
  const client = createClient({ settings, log, token: () => token });
  const { account, database } = target;
  const active = await store.active();
  const cloud = isCloudStore(active) ? active : undefined;
  const index = cloud?.index ?? target.index;
  const indexCalled = (name: string) => new VectorizeIndex({ client, account, index: name });
  const [{ bytes }, first, chunks] = await Promise.all([
    describeD1Database(client, account, database.id, { signal }),
    indexCalled(index).info({ signal }),
    chunkVectorsOf(indexCalled(chunksIndexOf(index)), { signal }),
  ]);
  const usage = cloud?.usage;
  const count = { unit: 'count', daily: false } as const;
  return [
    {
      label: vscode.l10n.t('Database'),
      used: bytes,
      free: FREE_PLAN.databaseBytes,
      unit: 'bytes',
      daily: false,
    },
    {
      ...count,
      label: vscode.l10n.t('Vectors'),
      used: first.vectorCount + chunks,
      free: freeVectors(first.dimensions),
    },
    {
      ...count,
      label: vscode.l10n.t('Rows written'),
      used: usage?.rowsWritten,
      free: FREE_PLAN.rowsWrittenPerDay,
      daily: true,
    },
    {
      ...count,
      label: vscode.l10n.t('Rows read'),
      used: usage?.rowsRead,
      free: FREE_PLAN.rowsReadPerDay,
      daily: true,
    },
    {
      ...count,
      label: vscode.l10n.t('Neurons'),
      used: cloud && neuronsOf(cloud),
      free: FREE_PLAN.neuronsPerDay,
      daily: true,
    },
  ];
}

/** Only a store at Cloudflare counts what it uses. */
const isCloudStore = (store: MemoryStore): store is CloudStore => 'usage' in store;

/** What Workers AI was asked for, whose models end in their space with the pooling; undefined for another service. */
const neuronsOf = ({ model, usage }: CloudStore): number | undefined => {
  const neurons = neuronsFor(model.space.replace(/:[^:]*$/, ''), usage.embeddedBytes);
  return neurons === undefined ? undefined : Math.ceil(neurons);
};
