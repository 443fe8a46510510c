import * as vscode from 'vscode';
import { verifyToken } from '../../cloudflare/account.ts';
import type { CloudflareClient } from '../../cloudflare/client.ts';
import type { Connecting } from './openConnectedStore.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const AHEAD = 7 * DAY;

type Watching = Pick<Connecting, 'target' | 'state' | 'log' | 'signal'>;

/** Looks once a day, for as long as the store is open, whether the token ends within a week, and says so. */
export function announceExpiry(
  client: CloudflareClient,
  watching: Watching,
  { now = Date.now, every = HOUR }: { readonly now?: () => number; readonly every?: number } = {},
): void {
  const { signal } = watching;
  if (signal.aborted) return;
  const look = (): void => void lookOnceADay(client, watching, now());
  // A computer that slept through the day looks soon after it wakes.
  const timer = setInterval(look, every);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  look();
}

async function lookOnceADay(
  client: CloudflareClient,
  { target, state, log, signal }: Watching,
  now: number,
): Promise<void> {
  const key = `tokenSeen.${target.account}`;
  if (now - state.get(key, 0) < DAY) return;
  try {
    // First: other windows, and the next look, leave it to this one.
    await state.update(key, now);
    const { expiresAt } = await verifyToken(client, {
      account: target.account,
      signal,
      priority: 'background',
    });
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
    if (signal.aborted) return;
    log.warn('The end of the token is not known.', String(error));
    await state.update(key, undefined);
  }
}
