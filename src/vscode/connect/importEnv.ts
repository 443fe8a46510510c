import { posix } from 'node:path';
import * as vscode from 'vscode';
import { accountSettingsOf, tuningOf } from '../../cloudflare/environment.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { homePath } from '../homePath.ts';
import { oneLine } from '../plainText.ts';
import { connect } from './connect.ts';
import { type FoundSettings, findSettings, readSettings, type SettingsSource } from './settingsSources.ts';

/**
 * Connects with the CLOUDFLARE_* variables of a `.env` file or of an MCP client's server: those of the file given, or
 * those that a person chooses among what is found.
 */
export async function importEnv(
  services: CommandServices,
  given?: unknown,
): Promise<CloudTarget | undefined> {
  const source = given instanceof vscode.Uri ? await fromFile(given) : await chooseSource(services);
  if (source === undefined) return undefined;
  const { token, account, database, index, bucket, model, baseUrl } = accountSettingsOf(source.variables);
  // A file must never redirect a token: only the person's own setting says where it goes.
  if (baseUrl !== undefined)
    services.log.warn('CLOUDFLARE_API_BASE_URL of the file was left out: the setting says where the API is.');
  // What the file leaves out is asked for.
  return connect(services, {
    ...(token !== undefined && { token }),
    ...(account !== undefined && { account }),
    ...(database !== undefined && { database, bucket: bucket ?? null }),
    ...(index !== undefined && { index }),
    ...(model !== undefined && { model }),
    tuning: tuningOf(source.variables),
  });
}

/** Nothing of a file is read before it may be. */
async function fromFile(file: vscode.Uri): Promise<SettingsSource | undefined> {
  if (!(await isTrusted(file))) return undefined;
  const found = await readSettings(file);
  if (found.length > 1) return pickSource({ sources: found, unread: [] });
  const [only] = found;
  if (only !== undefined) return only;
  throw new MemoryError(
    'misconfigured',
    `${posix.basename(file.path)} sets no CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID or CLOUDFLARE_D1_DATABASE_ID.`,
    'Choose the .env file of mcp-memory-service or the configuration of an MCP client, or run Connect to Cloudflare.',
  );
}

async function chooseSource({ context }: CommandServices): Promise<SettingsSource | undefined> {
  const found = await findSettings(context);
  return found.sources.length + found.unread.length === 0 ? openSource() : pickSource(found);
}

interface SourceItem extends vscode.QuickPickItem {
  readonly take: () => SettingsSource | Promise<SettingsSource | undefined>;
}

async function pickSource({ sources, unread }: FoundSettings): Promise<SettingsSource | undefined> {
  const items: SourceItem[] = [
    ...sources.map((source) => ({
      label: `$(key) ${source.server === undefined ? '.env' : oneLine(source.server, 60)}`,
      description: placeOf(source.file),
      detail: detailOf(source),
      take: () => source,
    })),
    ...unread.map((file) => ({
      label: `$(shield) ${file.path.split('/').at(-1) ?? ''}`,
      description: placeOf(file),
      detail: vscode.l10n.t('Not read yet: this workspace is not trusted'),
      take: () => fromFile(file),
    })),
    { label: vscode.l10n.t('$(folder-opened) Choose a file…'), take: openSource },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Import Settings'),
    placeHolder: vscode.l10n.t('Which settings of Cloudflare should be used?'),
  });
  return picked?.take();
}

const placeOf = (file: vscode.Uri): string =>
  vscode.workspace.getWorkspaceFolder(file) === undefined
    ? homePath(file.fsPath)
    : vscode.workspace.asRelativePath(file);

/** What it names, without the token. */
function detailOf({ variables }: SettingsSource): string {
  const { account, database } = accountSettingsOf(variables);
  const parts = [
    account === undefined
      ? vscode.l10n.t('The account is asked for')
      : vscode.l10n.t('Account {0}', oneLine(account, 60)),
    ...(database === undefined ? [] : [vscode.l10n.t('database {0}', oneLine(database, 60))]),
  ];
  return parts.join(' · ');
}

async function openSource(): Promise<SettingsSource | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Import Settings from .env or an MCP Client'),
      openLabel: vscode.l10n.t('Import'),
      ...(folder && { defaultUri: vscode.Uri.joinPath(folder, '.env') }),
    })) ?? [];
  return file && fromFile(file);
}

/** What a folder that is not trusted brings along could be somebody else's account. */
async function isTrusted(file: vscode.Uri): Promise<boolean> {
  const isForeign = vscode.workspace.getWorkspaceFolder(file) !== undefined;
  if (vscode.workspace.isTrusted || !isForeign) return true;
  const use = vscode.l10n.t('Use These Settings');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('This workspace is not trusted. Use the Cloudflare settings of {0}?', file.path),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Your memories would go to the account that the file names. Go on only if it is your own.',
      ),
    },
    use,
  );
  return answer === use;
}
