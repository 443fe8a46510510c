import * as vscode from 'vscode';
import { MemoryError } from '../../memory/errors.ts';
import type { NewMemory, StoreResult } from '../../memory/memory.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { waitWithProgress, withProgress } from '../progress.ts';
import { isCancellation } from '../errors.ts';
import { quoted } from '../memoryText.ts';
import { oneLine } from '../plainText.ts';
import { offerUndo } from '../undo.ts';
import { fileSources } from './fileSources.ts';
import { Previews } from './previews.ts';
import { serviceSources } from './serviceSource.ts';
import type { FoundSource } from './sources.ts';
import { number } from '../numbers.ts';

/**
 * Looks for what is on this machine already, shows how much and an example of each, and stores what a person chooses.
 * Nothing is read before this command, nothing stored before the choice. Storing again changes nothing.
 */
export async function bringIn(services: CommandServices): Promise<number> {
  const looking = vscode.l10n.t('Looking for memories on this machine');
  const sources = await waitWithProgress(looking, () => find(services));
  if (sources.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Nothing to bring in was found: no store of mcp-memory-service, no memory files of Copilot, and no AGENTS.md, CLAUDE.md or copilot-instructions.md in the open folders.',
      ),
    );
    return 0;
  }
  const chosen = await choose(sources);
  return chosen.length === 0 ? 0 : storeAll(services, chosen);
}

/** One that can't be read is said, and keeps no other from being found. */
async function find(services: CommandServices): Promise<FoundSource[]> {
  const looked = await Promise.allSettled([
    Promise.resolve().then(() => serviceSources()),
    fileSources(services),
  ]);
  return looked.flatMap((result) => {
    if (result.status === 'fulfilled') return result.value;
    services.errors.show('A place could not be looked at.', result.reason);
    return [];
  });
}

async function choose(sources: readonly FoundSource[]): Promise<readonly FoundSource[]> {
  const preview: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('open-preview'),
    tooltip: vscode.l10n.t('Preview'),
  };
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly source: FoundSource }>();
  pick.title = vscode.l10n.t('Found on This Machine');
  pick.placeholder = vscode.l10n.t('Choose what to store as memories; what is there stays as it is');
  pick.canSelectMany = true;
  pick.ignoreFocusOut = true;
  pick.items = sources.map((source) => ({
    source,
    label: `$(${source.icon}) ${oneLine(source.name, 60)}`,
    description: [
      source.count === 1 ? vscode.l10n.t('1 memory') : vscode.l10n.t('{0} memories', number(source.count)),
      ...(source.place === undefined ? [] : [oneLine(source.place, 100)]),
    ].join(' · '),
    detail: source.examples.map(quoted).join(', '),
    buttons: [preview],
  }));
  pick.selectedItems = pick.items;
  const previews = new Previews();
  pick.onDidTriggerItemButton(({ item }) => void previews.show(item.source));
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems.map(({ source }) => source));
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve([]);
      previews.dispose();
      pick.dispose();
    });
    pick.show();
  });
}

async function storeAll(services: CommandServices, sources: readonly FoundSource[]): Promise<number> {
  const total = sources.reduce((sum, { count }) => sum + count, 0);
  const results: StoreResult[] = [];
  const refused: string[] = [];
  let failure: unknown;
  try {
    await withProgress(vscode.l10n.t('Storing memories'), async ({ signal, say }) => {
      for (const source of sources)
        for await (const batch of source.batches()) {
          signal.throwIfAborted();
          results.push(...(await storeBatch(services.store, batch, signal, refused)));
          say(vscode.l10n.t('{0} of {1}', number(results.length), number(total)));
        }
    });
  } catch (error) {
    failure = error;
    if (!isCancellation(error)) services.errors.show('Not everything could be stored.', error);
  }
  for (const reason of refused) services.log.warn(`A memory was left out: ${reason}`);
  if (results.length === 0 && refused.length === 0) return 0;
  const fresh = results.filter(({ outcome }) => outcome !== 'merged').map(({ contentHash }) => contentHash);
  const known = results.length - fresh.length;
  const said = [
    failure === undefined
      ? vscode.l10n.t('Stored {0} memories.', number(fresh.length))
      : vscode.l10n.t('Stopped after {0} of {1} memories.', number(results.length), number(total)),
    ...(known > 0 ? [vscode.l10n.t('{0} were known already.', number(known))] : []),
    ...(refused.length > 0
      ? [vscode.l10n.t('{0} could not be stored; the log says why.', number(refused.length))]
      : []),
  ].join(' ');
  if (fresh.length > 0) void offerUndo(services.errors, said, () => services.store.delete(fresh));
  else void vscode.window.showInformationMessage(said);
  return fresh.length;
}

/** Where one of a batch is refused, the others are stored one by one. */
async function storeBatch(
  store: CommandServices['store'],
  batch: readonly NewMemory[],
  signal: AbortSignal,
  refused: string[],
): Promise<StoreResult[]> {
  try {
    return await store.storeMany(batch, { signal, priority: 'background' });
  } catch (error) {
    if (!MemoryError.is(error, 'invalid-input') && !MemoryError.is(error, 'too-large')) throw error;
    if (batch.length > 1) {
      const results: StoreResult[] = [];
      for (const memory of batch) results.push(...(await storeBatch(store, [memory], signal, refused)));
      return results;
    }
    refused.push(error.message);
    return [];
  }
}
