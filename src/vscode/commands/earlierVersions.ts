import * as vscode from 'vscode';
import type { Memory } from '../../memory/memory.ts';
import { age } from '../age.ts';
import { predecessorsOf } from '../documents/lineage.ts';
import { labelOf, quoted } from '../memoryText.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';

/** What the memory's text was before it was edited: the one that is chosen is compared with the text of now. */
export async function earlierVersions(services: CommandServices, ...args: readonly unknown[]): Promise<void> {
  const { store, documents } = services;
  const title = vscode.l10n.t('Earlier Versions');
  const [memory] = await targetMemories(services, args, { title });
  if (memory === undefined) return;
  const earlier = predecessorsOf(memory.contentHash, await store.history(memory.contentHash));
  const versions = await store.get([...earlier.keys()]);
  if (versions.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} has no earlier versions: its text was not edited.', quoted(memory)),
    );
    return;
  }
  const item = await vscode.window.showQuickPick(
    versions.map((version) => ({
      version,
      label: labelOf(version),
      description: vscode.l10n.t('edited {0}', age(earlier.get(version.contentHash) ?? version.updatedAt)),
    })),
    { title, placeHolder: vscode.l10n.t('Which version should be compared with the text of now?') },
  );
  if (item === undefined) return;
  const [before, now] = [await documents.uriOf(item.version), await documents.uriOf(memory)];
  await vscode.commands.executeCommand('vscode.diff', before, now, titleOf(memory), { preview: true });
}

const titleOf = (memory: Memory): string => vscode.l10n.t('{0}: Earlier Version ↔ Now', labelOf(memory));
