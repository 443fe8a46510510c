import * as vscode from 'vscode';
import { collectDiagnostics } from '../diagnostics.ts';
import { say } from '../say.ts';
import type { CommandServices } from './registerCommands.ts';

export const showLog = ({ log }: CommandServices): void => log.show();

/** Answers what it put on the clipboard. */
export async function copyDiagnostics(services: CommandServices): Promise<string> {
  const text = await collectDiagnostics(services);
  await vscode.env.clipboard.writeText(text);
  say(vscode.l10n.t('Diagnostics copied'));
  return text;
}

/** Shows, in an editor, all that would be sent; only a second yes opens the issue page. Nothing is sent by itself. */
export async function reportIssue(services: CommandServices): Promise<void> {
  const intro = vscode.l10n.t('Describe here what you did, what you expected and what happened.');
  const content = `${intro}\n\n${await collectDiagnostics(services)}`;
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document);
  void openIssuePage(services, document);
}

async function openIssuePage({ context }: CommandServices, document: vscode.TextDocument): Promise<void> {
  const open = vscode.l10n.t('Copy and Open Issue Page');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'This is the report; nothing has left your machine. Edit it, then paste it into a new public issue.',
    ),
    open,
  );
  if (answer !== open) return;
  const { bugs } = context.extension.packageJSON as { readonly bugs: { readonly url: string } };
  await vscode.env.clipboard.writeText(document.getText());
  await vscode.env.openExternal(vscode.Uri.parse(`${bugs.url}/new`));
}
