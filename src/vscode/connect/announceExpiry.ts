import * as vscode from 'vscode';
import { verifyToken } from '../../cloudflare/account.ts';
import type { CloudflareClient } from '../../cloudflare/client.ts';
import type { Connecting } from './openConnectedStore.ts';

const DAY = 86_400_000;
const AHEAD = 7 * DAY;

/** Looks once a day whether the token ends within a week, and says so. */
export async function announceExpiry(
  client: CloudflareClient,
  { target, state, log, signal }: Connecting,
  now = Date.now(),
): Promise<void> {
  const key = `tokenSeen.${target.account}`;
  if (now - state.get(key, 0) < DAY) return;
  try {
    const { expiresAt } = await verifyToken(client, {
      account: target.account,
      signal,
      priority: 'background',
    });
    await state.update(key, now);
    if (expiresAt === undefined || expiresAt - now > AHEAD) return;
    const changeToken = vscode.l10n.t('Change Token');
    const date = new Date(expiresAt).toLocaleDateString(vscode.env.language);
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t(
        'The Cloudflare API token of Edge Memory expires on {0}. Make a new one, or roll this one.',
        date,
      ),
      changeToken,
    );
    if (answer === changeToken) await vscode.commands.executeCommand('edgeMemory.changeToken');
  } catch (error) {
    if (!signal.aborted) log.warn('The end of the token is not known.', String(error));
  }
}
