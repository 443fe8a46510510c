import { mkdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { CommandServices } from './registerCommands.ts';

/** Shows the folder in the system's file manager; where VS Code runs in a browser, says where it is. Answers its path. */
export async function revealDataFolder({ settings }: CommandServices): Promise<string> {
  const folder = settings.dataFolder;
  if (vscode.env.uiKind === vscode.UIKind.Desktop) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await vscode.env.openExternal(vscode.Uri.file(folder));
  } else {
    void offerPath(folder);
  }
  return folder;
}

async function offerPath(folder: string): Promise<void> {
  const copy = vscode.l10n.t('Copy Path');
  const message = vscode.l10n.t(
    'Your memories are kept in {0} on the machine that runs the extension.',
    folder,
  );
  if ((await vscode.window.showInformationMessage(message, copy)) === copy)
    await vscode.env.clipboard.writeText(folder);
}
