import * as vscode from 'vscode';
import type { CommandServices } from '../commands/registerCommands.ts';
import { oneLine } from '../plainText.ts';
import { say } from '../say.ts';
import { createClient } from './client.ts';
import { connect, greet } from './connect.ts';
import { waitWithProgress } from '../progress.ts';

/** Forgets the token and shows the memories of this machine again; what lies in the account stays there. */
export async function disconnect({ connection }: CommandServices): Promise<boolean> {
  const target = await connection.readIfPossible();
  if (target === undefined) {
    // Also where the file made no sense: from now on it does.
    await connection.use(undefined);
    notConnected();
    return false;
  }
  const leave = vscode.l10n.t('Disconnect');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Disconnect from {0}?', oneLine(target.accountName, 60)),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Your memories stay in the account. This editor forgets the token, and every window, terminal and agent of this machine shows the memories of this machine again.',
      ),
    },
    leave,
  );
  if (answer !== leave) return false;
  await connection.use(undefined);
  await connection.tokens.delete(target.account);
  say(vscode.l10n.t('Disconnected: the memories of this machine are shown'));
  return true;
}

/** Opens the connection anew, or makes one. */
export async function reconnect(services: CommandServices): Promise<boolean> {
  const { connection, store, settings, log } = services;
  const target = await connection.readIfPossible();
  const token = target && (await connection.tokens.get(target.account));
  if (target === undefined || token === undefined) return (await connect(services)) !== undefined;
  connection.reopen();
  await waitWithProgress(vscode.l10n.t('Reconnecting to Cloudflare'), () => store.active());
  await greet(services, { client: createClient({ settings, log, token: () => token }) }, target);
  return true;
}

export const notConnected = (): void => {
  const connectNow = vscode.l10n.t('Connect to Cloudflare');
  void vscode.window
    .showInformationMessage(vscode.l10n.t('Edge Memory is not connected to Cloudflare.'), connectNow)
    .then((answer) => {
      if (answer === connectNow) void vscode.commands.executeCommand('edgeMemory.connect');
    });
};
