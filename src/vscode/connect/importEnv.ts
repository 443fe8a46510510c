import { parseEnv } from 'node:util';
import * as vscode from 'vscode';
import { backendOf, cloudEnvironmentOf } from '../../cloudflare/environment.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { connect } from './connect.ts';

/** Connects with the CLOUDFLARE_* variables of a `.env` file: the one given, or the one that a person chooses. */
export async function importEnv(
  services: CommandServices,
  given?: unknown,
): Promise<CloudTarget | undefined> {
  const file = given instanceof vscode.Uri ? given : await chooseFile();
  if (file === undefined || !(await isTrusted(file))) return undefined;
  const variables = parseEnv(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
  if (backendOf({ ...variables }) === 'local' && variables['CLOUDFLARE_API_TOKEN'] === undefined)
    throw new MemoryError(
      'misconfigured',
      `${file.path.split('/').at(-1) ?? 'The file'} sets no CLOUDFLARE_API_TOKEN.`,
      'Choose the .env file of mcp-memory-service, or run Connect to Cloudflare.',
    );
  const { token, baseUrl, config } = cloudEnvironmentOf({ ...variables });
  // A file of a folder must never redirect a token: only the person's own setting says where it goes.
  if (baseUrl !== undefined)
    services.log.warn('CLOUDFLARE_API_BASE_URL of the file was left out: the setting says where the API is.');
  const { account, database, index, bucket, model } = config;
  return connect(services, { token, account, database, index, bucket: bucket ?? null, model });
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const defaultUri = folder && vscode.Uri.joinPath(folder, '.env');
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Import Settings from .env'),
      openLabel: vscode.l10n.t('Import'),
      ...(defaultUri && { defaultUri }),
    })) ?? [];
  return file;
}

/** What a folder that is not trusted brings along could be somebody else's account. */
async function isTrusted(file: vscode.Uri): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
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
