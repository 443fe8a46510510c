import * as vscode from 'vscode';
import { textOf } from '../memoryText.ts';
import { say } from '../say.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';

/** Puts the whole text on the clipboard; several memories are parted by an empty line. */
export async function copyMemory(services: CommandServices, ...args: readonly unknown[]): Promise<void> {
  const memories = await targetMemories(services, args, { title: vscode.l10n.t('Copy Memory') });
  if (memories.length === 0) return;
  await vscode.env.clipboard.writeText(textOf(memories));
  say(
    memories.length === 1
      ? vscode.l10n.t('Memory copied')
      : vscode.l10n.t('{0} memories copied', memories.length),
  );
}

/** Puts the whole text in place of every selection of the active editor. */
export async function insertMemory(services: CommandServices, ...args: readonly unknown[]): Promise<void> {
  if (!(await services.lastEditor.reopen())) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a file and place the cursor in it first.'));
    return;
  }
  const text = textOf(
    await targetMemories(services, args, {
      title: vscode.l10n.t('Insert Memory at Cursor'),
      notActive: true,
    }),
  );
  if (text === '') return;
  // Picking a memory may have shown it.
  const editor = await services.lastEditor.reopen();
  await editor?.edit((edit) => {
    for (const selection of editor.selections) edit.replace(selection, text);
  });
}
