import * as vscode from 'vscode';
import type { StoreResult } from '../../memory/memory.ts';
import type { CommandServices } from './registerCommands.ts';
import { saveThenTag } from './storeMemory.ts';

/**
 * Stores the text that is selected in the active terminal. VS Code lets no extension read that, but copies it on
 * command: the clipboard is put back as it was, as far as it held text.
 */
export async function storeTerminalSelection(services: CommandServices): Promise<StoreResult | undefined> {
  const { clipboard } = vscode.env;
  const before = await clipboard.readText();
  let content: string;
  try {
    await clipboard.writeText('');
    await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
    content = await clipboard.readText();
  } finally {
    await clipboard.writeText(before);
  }
  if (content.trim() === '') {
    void vscode.window.showInformationMessage(vscode.l10n.t('Select text in the terminal first.'));
    return undefined;
  }
  const terminal = vscode.window.activeTerminal?.name;
  return saveThenTag(services, { content, ...(terminal !== undefined && { metadata: { terminal } }) });
}
