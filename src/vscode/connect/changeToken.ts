import * as vscode from 'vscode';
import { D1Database } from '../../cloudflare/d1.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { say } from '../say.ts';
import { askToken } from './askToken.ts';
import { type CheckedToken, checkToken } from './checkToken.ts';
import { notConnected } from './disconnect.ts';
import { withProgress } from '../progress.ts';

/** Takes another token for the same account; `{ token }` answers the question. Kept only when it opens the database. */
export async function changeToken(
  { connection, store, settings, log }: CommandServices,
  given?: unknown,
): Promise<boolean> {
  const target = await connection.read();
  if (target === undefined) {
    notConnected();
    return false;
  }
  const { account, database } = target;
  const check = async (token: string, signal?: AbortSignal): Promise<CheckedToken> => {
    const checked = await checkToken({ settings, log }, token, { account, signal });
    const sql = new D1Database({
      client: checked.client,
      account,
      database: database.id,
      name: database.name,
    });
    await sql.read([{ sql: 'SELECT 1' }], { signal });
    return checked;
  };
  const title = vscode.l10n.t('Change Token');
  const { token } = (given ?? {}) as { readonly token?: string };
  const checked =
    token === undefined
      ? await askToken({ title, check })
      : await withProgress(title, ({ signal }) => check(token, signal));
  if (checked === undefined) return false;
  await connection.tokens.set(account, checked.token);
  connection.reopen();
  await store.active();
  say(vscode.l10n.t('The new token is in use'));
  return true;
}
