import * as vscode from 'vscode';
import type { Memory } from '../../memory/memory.ts';
import { DELETED } from '../explorer/nodes.ts';
import { quoted } from '../memoryText.ts';
import { say } from '../say.ts';
import { offerUndo } from '../undo.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';
import { number } from '../numbers.ts';

/** Asks, deletes, and offers to undo; what is deleted already is deleted for good. Answers the hashes that were deleted. */
export async function deleteMemory(
  services: CommandServices,
  ...args: readonly unknown[]
): Promise<string[]> {
  const memories = await targetMemories(services, args, { title: vscode.l10n.t('Delete Memory') });
  if (memories.length === 0) return [];
  if (memories.every(({ deletedAt }) => deletedAt !== undefined)) {
    const { deleteForGood } = await import('./deletedMemories.ts');
    return deleteForGood(services, memories);
  }
  if (!(await confirmed(services, memories))) return [];
  const { store, errors, lastDeletion } = services;
  const deleted = await store.delete(memories.map(({ contentHash }) => contentHash));
  if (deleted.length === 0) return [];
  lastDeletion.remember(deleted);
  void offerUndo(errors, deletedText(memories, deleted), () => {
    lastDeletion.forget(deleted);
    return store.restore(deleted);
  });
  return deleted;
}

/** Brings deleted memories back. Answers the hashes that live again. */
export async function restoreMemory(
  services: CommandServices,
  ...args: readonly unknown[]
): Promise<string[]> {
  const memories = await targetMemories(services, args, {
    title: vscode.l10n.t('Restore Deleted Memory'),
    filter: DELETED,
  });
  return restore(
    services,
    memories.map(({ contentHash }) => contentHash),
  );
}

async function confirmed({ settings }: CommandServices, memories: readonly Memory[]): Promise<boolean> {
  if (!settings.confirmDelete) return true;
  const [first] = memories;
  const question =
    memories.length === 1 && first
      ? vscode.l10n.t('Delete the memory {0}?', quoted(first))
      : vscode.l10n.t('Delete {0} memories?', number(memories.length));
  const yes = vscode.l10n.t('Delete');
  const detail = vscode.l10n.t('You can undo this.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

function deletedText(memories: readonly Memory[], deleted: readonly string[]): string {
  const [first] = memories;
  return deleted.length === 1 && first
    ? vscode.l10n.t('Deleted {0}.', quoted(first))
    : vscode.l10n.t('Deleted {0} memories.', number(deleted.length));
}

async function restore({ store }: CommandServices, hashes: readonly string[]): Promise<string[]> {
  if (hashes.length === 0) return [];
  const restored = await store.restore(hashes);
  say(
    restored.length === 1
      ? vscode.l10n.t('Memory restored')
      : vscode.l10n.t('{0} memories restored', number(restored.length)),
  );
  return restored;
}
