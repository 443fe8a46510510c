import * as vscode from 'vscode';
import { accountSettingsOf } from '../../cloudflare/environment.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { oneLine } from '../plainText.ts';
import { connect } from './connect.ts';
import { findSettings, readSettings, type SettingsSource } from './settingsSources.ts';

/**
 * Connects with the CLOUDFLARE_* variables of a `.env` file or of an MCP client's server: those of the file given, or
 * those that a person chooses among what is found.
 */
export async function importEnv(
  services: CommandServices,
  given?: unknown,
): Promise<CloudTarget | undefined> {
  const source = given instanceof vscode.Uri ? await fromFile(given) : await chooseSource();
  if (source === undefined || !(await isTrusted(source.file))) return undefined;
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
  });
}

async function fromFile(file: vscode.Uri): Promise<SettingsSource | undefined> {
  const found = await readSettings(file);
  if (found.length > 1) return pickSource(found);
  const [only] = found;
  if (only !== undefined) return only;
  throw new MemoryError(
    'misconfigured',
    `${file.path.split('/').at(-1) ?? 'The file'} sets no CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID or CLOUDFLARE_D1_DATABASE_ID.`,
    'Choose the .env file of mcp-memory-service or the configuration of an MCP client, or run Connect to Cloudflare.',
  );
}

async function chooseSource(): Promise<SettingsSource | undefined> {
  const found = await findSettings();
  return found.length === 0 ? openSource() : pickSource(found);
}

async function pickSource(found: readonly SettingsSource[]): Promise<SettingsSource | undefined> {
  const openFile = { label: vscode.l10n.t('$(folder-opened) Choose a file…'), source: undefined };
  const items = found.map((source) => ({
    label: source.server === undefined ? '.env' : oneLine(source.server, 60),
    description: vscode.workspace.asRelativePath(source.file),
    detail: oneLine(
      source.variables['CLOUDFLARE_ACCOUNT_ID'] ?? vscode.l10n.t('The account is asked for'),
      60,
    ),
    source,
  }));
  const picked = await vscode.window.showQuickPick([...items, openFile], {
    title: vscode.l10n.t('Import Settings'),
    placeHolder: vscode.l10n.t('Which settings of Cloudflare should be used?'),
  });
  if (picked === undefined) return undefined;
  return picked.source ?? openSource();
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
