import * as vscode from 'vscode';
import { removeOurTables } from '../../cloudflare/cloudSchema.ts';
import { D1Database } from '../../cloudflare/d1.ts';
import { timeTravelBookmark } from '../../cloudflare/d1Databases.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { createClient } from './client.ts';
import { notConnected } from './disconnect.ts';
import { withProgress } from '../progress.ts';

/** Leaves a shared database as it was before, and disconnects: the next connection would make the tables again. */
export async function removeTables({ connection, settings, log }: CommandServices): Promise<boolean> {
  const target = await connection.read();
  const token = target && (await connection.tokens.get(target.account));
  if (target === undefined || token === undefined) {
    notConnected();
    return false;
  }
  const { account, database } = target;
  const client = createClient({ settings, log, token: () => token });
  const bookmark = await timeTravelBookmark(client, account, database.id);
  const remove = vscode.l10n.t('Remove and Disconnect');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Remove Edge Memory’s tables from {0}?', database.name),
    {
      modal: true,
      detail: vscode.l10n.t(
        'The memories with their tags and links stay, as mcp-memory-service knows them, and so do columns that newer versions of it have. Gone are full text search, pins, places in the code, the history of edits and what was kept for search by meaning. Time Travel bookmark of the present state: {0}',
        bookmark,
      ),
    },
    remove,
  );
  if (answer !== remove) return false;
  await withProgress(vscode.l10n.t('Removing Edge Memory’s tables'), async ({ signal }) => {
    const sql = new D1Database({ client, account, database: database.id, name: database.name });
    await connection.use(undefined);
    await removeOurTables(sql, { signal });
    await connection.tokens.delete(account);
  });
  log.info(`Removed Edge Memory's tables from ${database.name}; Time Travel bookmark before: ${bookmark}`);
  return true;
}
