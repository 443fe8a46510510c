import * as vscode from 'vscode';
import type { CloudflareClient } from '../../cloudflare/client.ts';
import { D1Database } from '../../cloudflare/d1.ts';
import { needsOtherLanguages } from '../../cloudflare/languages.ts';
import type { CloudStore } from '../../cloudflare/cloudStore.ts';
import { OPENAI_SPACE } from '../../cloudflare/openAiEmbedder.ts';
import { MULTILINGUAL_MODEL } from '../../cloudflare/workersAiModels.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import type { Settings } from '../settings.ts';
import type { Connecting } from './openConnectedStore.ts';

const DAY = 86_400_000;

/** Looks once a day whether another embedding model would know the person's languages, and proposes it once. */
export async function proposeModel(
  client: CloudflareClient,
  store: CloudStore,
  { target, settings, state, log, signal }: Connecting,
  now = Date.now(),
): Promise<void> {
  const { account, database } = target;
  if (await askedForSettings(store, target, settings, state)) return;
  const [seen, proposed] = [`languagesSeen.${database.id}`, `modelProposed.${database.id}`];
  if (state.get<boolean>(proposed, false) || now - state.get(seen, 0) < DAY) return;
  try {
    const sql = new D1Database({ client, account, database: database.id, name: database.name });
    const isForeign = await needsOtherLanguages(sql, store.model, { signal, priority: 'background' });
    await state.update(seen, now);
    if (!isForeign) return;
    await state.update(proposed, true);
    const rebuild = vscode.l10n.t('Rebuild Index');
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t(
        'A fifth of your memories are in languages that the embedding model does not know; they are found by their words only. The model {0} knows a hundred languages.',
        MULTILINGUAL_MODEL,
      ),
      rebuild,
    );
    if (answer === rebuild)
      await vscode.commands.executeCommand('edgeMemory.rebuildIndex', { model: MULTILINGUAL_MODEL });
  } catch (error) {
    if (!signal.aborted) log.warn('The languages of the memories are not known.', String(error));
  }
}

/** The settings name another model than the index is made by: asked about once. */
async function askedForSettings(
  { model: { space } }: CloudStore,
  { database }: CloudTarget,
  { embeddingModel, embeddingEndpoint }: Settings,
  state: vscode.Memento,
): Promise<boolean> {
  if (embeddingModel === undefined) return false;
  const wanted = embeddingEndpoint === undefined ? `${embeddingModel}:` : `${OPENAI_SPACE}${embeddingModel}`;
  if (embeddingEndpoint === undefined ? space.startsWith(wanted) : space === wanted) return false;
  const key = `modelAsked.${database.id}`;
  if (state.get(key) === wanted) return true;
  await state.update(key, wanted);
  const rebuild = vscode.l10n.t('Rebuild Index');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'The settings name the embedding model {0}; the index is made by {1}, which is used until the index is rebuilt.',
      embeddingModel,
      space,
    ),
    rebuild,
  );
  if (answer === rebuild) await vscode.commands.executeCommand('edgeMemory.rebuildIndex');
  return true;
}
