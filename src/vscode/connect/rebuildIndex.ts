import * as vscode from 'vscode';
import { inspectDatabase } from '../../cloudflare/cloudSchema.ts';
import { D1Database } from '../../cloudflare/d1.ts';
import { choiceFor, createEmbedder, type EmbeddingChoice } from '../../cloudflare/embeddingChoice.ts';
import { NoObjectStore } from '../../cloudflare/noObjectStore.ts';
import { R2ObjectStore } from '../../cloudflare/r2.ts';
import { isServiceUsed, type Rebuilt, rebuildIndex } from '../../cloudflare/rebuildIndex.ts';
import { VectorizeIndex } from '../../cloudflare/vectorize.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { EmbeddingModel } from '../../memory/ports.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { createClient, endpointAccess } from './client.ts';
import { notConnected } from './disconnect.ts';
import { number } from '../numbers.ts';
import { storedDimensionsOf } from './plan.ts';
import { withProgress } from '../progress.ts';

/**
 * Computes all vectors anew, by the model of the settings or the one that `{ model }` names, into an index that takes
 * the old one's place when it is complete. Answers what came of it; undefined when the person leaves.
 */
export async function rebuildIndexCommand(
  services: CommandServices,
  given?: unknown,
): Promise<Rebuilt | undefined> {
  const { connection, settings, log } = services;
  const target = await connection.read();
  const token = target && (await connection.tokens.get(target.account));
  if (target === undefined || token === undefined) {
    notConnected();
    return undefined;
  }
  const { account, database, bucket, jurisdiction } = target;
  const client = createClient({ settings, log, token: () => token });
  const sql = new D1Database({ client, account, database: database.id, name: database.name });
  const title = vscode.l10n.t('Rebuild Index');
  const { state, wanted, embedder, isUsed } = await withProgress(title, async ({ signal, say: step }) => {
    step(vscode.l10n.t('Asking the model'));
    const state = await inspectDatabase(sql, { signal });
    const wanted = wantedChoice(services, target, given) ?? choiceFor(target, state);
    const access = endpointAccess(connection.tokens);
    const embedder = await createEmbedder({ client, account, access, log }, wanted, { signal });
    return { state, wanted, embedder, isUsed: await isServiceUsed(sql, { signal }) };
  });
  if (!(await isAgreed(target, wanted, embedder.model, isUsed))) return undefined;
  const done = await withProgress(title, ({ signal, say: step }) =>
    rebuildIndex(
      {
        client,
        account,
        sql,
        objects:
          bucket === undefined
            ? new NoObjectStore()
            : new R2ObjectStore({ client, account, bucket, jurisdiction }),
        index: state.index ?? target.index,
        embedder,
        serviceIsGone: isUsed,
        storedDimensions: storedDimensionsOf(settings),
      },
      {
        signal,
        onProgress: (at, all) =>
          step(vscode.l10n.t('{0} of {1} memories', number(at), number(all)), all > 0 ? at / all : 0),
      },
    ),
  );
  await connection.use(newTarget(target, done.index, wanted, embedder.model));
  log.info(`Rebuilt the index as ${done.index}, with the embedding model ${embedder.model.space}`);
  void offerRemoval(services, target, token, done);
  return done;
}

function wantedChoice(
  { settings }: CommandServices,
  target: CloudTarget,
  given: unknown,
): EmbeddingChoice | undefined {
  const { model: named } = (given ?? {}) as { readonly model?: string };
  if (named !== undefined) return { model: named };
  const { embeddingModel: model, embeddingEndpoint: endpoint } = settings;
  if (model !== undefined) return { model, endpoint };
  if (endpoint === undefined || endpoint === target.endpoint) return undefined;
  throw new MemoryError(
    'misconfigured',
    'The settings name an embedding server, but no model of it.',
    'Name the model too, in the setting edgeMemory.cloudflare.embeddingModel.',
  );
}

const newTarget = (
  target: CloudTarget,
  index: string,
  { model, endpoint }: EmbeddingChoice,
  { space, dimensions }: EmbeddingModel,
): CloudTarget => ({
  ...target,
  index,
  model,
  dimensions,
  pooling: space.slice(model.length + 1),
  endpoint,
});

async function isAgreed(
  { database }: CloudTarget,
  { endpoint }: EmbeddingChoice,
  { label, dimensions }: EmbeddingModel,
  isUsed: boolean,
): Promise<boolean> {
  const rebuild = isUsed ? vscode.l10n.t('The Service Is Gone: Rebuild') : vscode.l10n.t('Rebuild');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Rebuild the index of {0} for {1}?', database.name, label),
    {
      modal: true,
      detail: [
        vscode.l10n.t(
          'The text of every memory is sent to {0}, and a new index of {1} dimensions is made. Search uses the old one until the new one is complete; what is interrupted goes on with the next Rebuild Index.',
          endpoint ?? 'Workers AI',
          dimensions,
        ),
        ...(isUsed
          ? [
              vscode.l10n.t(
                'mcp-memory-service used this database. It would go on with the old index and its own model, and not find what is stored here: go on only if it is not used any more.',
              ),
            ]
          : []),
      ].join('\n\n'),
    },
    rebuild,
  );
  return answer === rebuild;
}

async function offerRemoval(
  { settings, log, errors }: CommandServices,
  { account, index: old }: CloudTarget,
  token: string,
  { index, embedded, old: indexes }: Rebuilt,
): Promise<void> {
  const remove = vscode.l10n.t('Remove Old Index');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      '{0} memories have their vector in the index {1}, which is in use now. The old one, {2}, is not needed any more.',
      number(embedded),
      index,
      old,
    ),
    remove,
  );
  if (answer !== remove) return;
  try {
    const client = createClient({ settings, log, token: () => token });
    for (const name of indexes) await new VectorizeIndex({ client, account, index: name }).remove();
  } catch (error) {
    errors.show('The old index could not be removed.', error);
  }
}
