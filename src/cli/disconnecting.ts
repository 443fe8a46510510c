import { removeOurTables } from '../cloudflare/cloudSchema.ts';
import { D1Database } from '../cloudflare/d1.ts';
import { apiSettingsOf } from '../cloudflare/environment.ts';
import { chosenDataFolder } from './dataFolder.ts';
import { type CloudTarget, readStoreConfig, writeStoreConfig } from '../local/storeConfig.ts';
import type { Cli } from './cli.ts';
import { openClient } from './cloudClient.ts';
import { EXIT } from './exitCodes.ts';
import { inert } from './inertText.ts';
import { readToken } from './input.ts';
import { answer, confirmed, note } from './output.ts';

/** Makes the store on this machine the active one. The memories in Cloudflare stay. */
export const disconnect = async (
  cli: Cli,
  options: { readonly removeTables?: boolean; readonly yes?: boolean },
): Promise<void> => {
  const dataFolder = chosenDataFolder();
  // A file that is not understood is what disconnecting mends.
  const { active } = await readStoreConfig(dataFolder).catch(() => ({ active: undefined }));
  const target = typeof active === 'object' ? active : undefined;
  if (target === undefined && active === 'local') {
    answer(cli, { disconnected: null }, () => 'The memories on this machine are in use already.');
    process.exitCode = EXIT.nothingDone;
    return;
  }
  if (target !== undefined && options.removeTables) {
    const question = `Remove Edge Memory’s tables from ${inert(target.database.name)}? Pins, sources and vectors kept beside the memories are lost; the memories and their links stay, and columns that newer versions of mcp-memory-service have.`;
    if (!options.yes && !(await confirmed(question, cli.signal))) {
      note('Nothing was changed.');
      process.exitCode = EXIT.nothingDone;
      return;
    }
    await removeTables(cli, target);
  }
  await writeStoreConfig(dataFolder, { active: 'local' });
  const name = target?.database.name ?? null;
  answer(
    cli,
    { disconnected: name, removed_tables: target !== undefined && (options.removeTables ?? false) },
    () =>
      `Disconnected. The memories on this machine are in use; those in ${inert(name ?? 'Cloudflare')} stay there.`,
  );
};

const removeTables = async (cli: Cli, { account, database }: CloudTarget): Promise<void> => {
  const api = apiSettingsOf(cli.variables().values);
  const token = api.token === '' ? await readToken(cli.signal) : api.token;
  const { client, close } = openClient(cli, { ...api, token });
  try {
    const sql = new D1Database({ client, account, database: database.id, name: database.name });
    await removeOurTables(sql, { signal: cli.signal });
  } finally {
    await close();
  }
};
