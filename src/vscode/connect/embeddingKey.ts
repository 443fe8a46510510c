import * as vscode from 'vscode';
import type { CommandServices } from '../commands/registerCommands.ts';
import { say } from '../say.ts';

/** Keeps the key of the embedding server in VS Code's secret storage, or forgets it. Answers whether it was answered. */
export async function setEmbeddingKey({ connection }: CommandServices): Promise<boolean> {
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t('Set Key of Embedding Server'),
    prompt: vscode.l10n.t(
      'The key stays in VS Code’s secret storage. Leave it empty to forget the one that is kept.',
    ),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return false;
  await connection.tokens.setEmbeddingKey(key.trim());
  connection.reopen();
  say(key.trim() === '' ? vscode.l10n.t('The key is forgotten') : vscode.l10n.t('The key is kept'));
  return true;
}
