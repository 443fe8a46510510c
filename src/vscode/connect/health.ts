import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { verifyToken } from '../../cloudflare/account.ts';
import type { CloudflareClient } from '../../cloudflare/client.ts';
import { type D1State, inspectDatabase } from '../../cloudflare/cloudSchema.ts';
import { D1Database } from '../../cloudflare/d1.ts';
import { choiceFor, createEmbedder, type EndpointAccess } from '../../cloudflare/embeddingChoice.ts';
import { FREE_PLAN } from '../../cloudflare/planLimits.ts';
import { checkIndex } from '../../cloudflare/provision.ts';
import { R2ObjectStore } from '../../cloudflare/r2.ts';
import { VectorizeIndex } from '../../cloudflare/vectorize.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { Embedder } from '../../memory/ports.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { describeMode } from '../effectiveMode.ts';
import { describeError, isCancellation } from '../errors.ts';
import { oneLine } from '../plainText.ts';
import { createClient, endpointAccess } from './client.ts';
import { number } from '../numbers.ts';
import { withProgress } from './progress.ts';

export interface Health {
  readonly part: string;
  readonly ok: boolean;
  readonly ms: number;
  /** What was seen, or what is wrong and what to do. */
  readonly detail: string;
  /** The command that helps. */
  readonly action?: string | undefined;
}

/** Tries each part that the memory stands on; answers what it shows. */
export async function health(services: CommandServices): Promise<readonly Health[]> {
  const target = await services.connection.read();
  const checked = await withProgress(
    vscode.l10n.t('Checking the health of Edge Memory'),
    async ({ signal }) =>
      target === undefined ? [await embedded(services, signal)] : connected(services, target, signal),
  );
  for (const { part, ok, ms, detail } of checked)
    services.log.info(`Health: ${part} ${ok ? 'ok' : 'failed'}, ${ms} ms. ${detail}`);
  void show(checked, target);
  return checked;
}

const embedded = (services: CommandServices, signal: AbortSignal): Promise<Health> =>
  timed(vscode.l10n.t('This machine'), async () => {
    const [{ database, fileBytes }, stats] = await Promise.all([
      services.store.describe({ signal }),
      services.store.stats({ signal }),
    ]);
    return vscode.l10n.t(
      '{0} memories in {1} ({2} MB), search: {3}',
      number(stats.live),
      database,
      (fileBytes / 1e6).toFixed(1),
      describeMode(stats.mode),
    );
  });

async function connected(
  { connection, settings, log }: CommandServices,
  target: CloudTarget,
  signal: AbortSignal,
): Promise<Health[]> {
  const token = (await connection.tokens.get(target.account)) ?? '';
  // A check that retries says less than one that fails.
  const client = createClient({ settings, log, token: () => token, maxRetries: 0 });
  const { bucket } = target;
  const sql = new D1Database({
    client,
    account: target.account,
    database: target.database.id,
    name: target.database.name,
  });
  // Its own check tells where it fails.
  const state = inspectDatabase(sql, { signal }).catch(() => undefined);
  const embedding = embedderOf(client, endpointAccess(connection.tokens), target, state, signal);
  embedding.catch(() => undefined);
  return Promise.all([
    timed(vscode.l10n.t('Token'), () => tokenHealth(client, target, signal)),
    timed('D1', () => databaseHealth(sql, target, signal)),
    timed('Vectorize', () => indexHealth(client, target, state, embedding, signal)),
    timed(target.endpoint === undefined ? 'Workers AI' : vscode.l10n.t('Embedding server'), () =>
      modelHealth(embedding, signal),
    ),
    ...(bucket === undefined
      ? []
      : [
          timed('R2', async () => {
            const { account, jurisdiction } = target;
            await new R2ObjectStore({ client, account, bucket, jurisdiction }).list(
              'edge-memory-health',
              undefined,
              { signal },
            );
            return bucket;
          }),
        ]),
  ]);
}

async function tokenHealth(
  client: CloudflareClient,
  { account, accountName }: CloudTarget,
  signal: AbortSignal,
): Promise<string> {
  const { expiresAt } = await verifyToken(client, { account, signal });
  return expiresAt === undefined
    ? vscode.l10n.t('valid for {0}, without an end', accountName)
    : vscode.l10n.t(
        'valid for {0} until {1}',
        accountName,
        new Date(expiresAt).toLocaleDateString(vscode.env.language),
      );
}

async function databaseHealth(
  sql: D1Database,
  { database }: CloudTarget,
  signal: AbortSignal,
): Promise<string> {
  const [rows] = await sql.read(
    [
      {
        sql: `SELECT (SELECT count(*) FROM memories WHERE +deleted_at IS NULL) AS live,
          (SELECT count(*) FROM em_embed_queue) AS pending`,
      },
    ],
    { signal },
  );
  return vscode.l10n.t(
    '{0}: {1} memories, {2} wait for their vector',
    database.name,
    number(Number(rows?.[0]?.['live'] ?? 0)),
    number(Number(rows?.[0]?.['pending'] ?? 0)),
  );
}

async function indexHealth(
  client: CloudflareClient,
  target: CloudTarget,
  state: Promise<D1State | undefined>,
  embedding: Promise<Embedder>,
  signal: AbortSignal,
): Promise<string> {
  const name = (await state)?.index ?? target.index;
  const index = new VectorizeIndex({ client, account: target.account, index: name });
  const [{ vectorCount }, described] = await Promise.all([
    index.info({ signal }),
    index.describe({ signal }),
  ]);
  // Where the model does not answer, its own check says so.
  const wanted = (await embedding.catch(() => undefined))?.model.dimensions ?? described.dimensions;
  checkIndex(described, wanted);
  return vscode.l10n.t(
    '{0}: {1} vectors of {2}; the free plan holds {3}',
    name,
    number(vectorCount),
    described.dimensions,
    number(Math.floor(FREE_PLAN.storedDimensions / described.dimensions)),
  );
}

async function embedderOf(
  client: CloudflareClient,
  access: EndpointAccess,
  target: CloudTarget,
  state: Promise<D1State | undefined>,
  signal: AbortSignal,
): Promise<Embedder> {
  const { account } = target;
  return createEmbedder({ client, account, access }, choiceFor(target, await state), { signal });
}

async function modelHealth(embedding: Promise<Embedder>, signal: AbortSignal): Promise<string> {
  const embedder = await embedding;
  await embedder.embed(['memory'], { signal });
  const { label, dimensions } = embedder.model;
  return vscode.l10n.t('{0}, {1} dimensions', label, dimensions);
}

async function timed(part: string, check: () => Promise<string>): Promise<Health> {
  const began = performance.now();
  const ms = (): number => Math.round(performance.now() - began);
  try {
    return { part, ok: true, detail: await check(), ms: ms() };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const action = MemoryError.is(error, 'unauthorized')
      ? 'edgeMemory.changeToken'
      : MemoryError.is(error, 'misconfigured')
        ? 'edgeMemory.reconnect'
        : undefined;
    return { part, ok: false, detail: describeError(error), ms: ms(), action };
  }
}

async function show(checked: readonly Health[], target: CloudTarget | undefined): Promise<void> {
  const title =
    target === undefined
      ? vscode.l10n.t('Edge Memory: health')
      : vscode.l10n.t('Edge Memory: health of {0}', oneLine(target.accountName, 60));
  const picked = await vscode.window.showQuickPick(
    checked.map(({ part, ok, ms, detail, action }) => ({
      label: `$(${ok ? 'pass' : 'error'}) ${part}`,
      description: `${ms} ms`,
      detail: oneLine(detail, 300),
      action,
    })),
    { title, placeHolder: vscode.l10n.t('All details are in the log') },
  );
  if (picked?.action !== undefined) await vscode.commands.executeCommand(picked.action);
}
