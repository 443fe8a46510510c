import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { defaultDataFolder, launcherFolderIn } from '../../local/paths.ts';
import { type ClientConfig, clientConfig, type McpClientId, serverLaunch } from '../../mcp/clientConfigs.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { agentSettings } from '../mcp/agentSettings.ts';

/** The configuration for a client on this machine, with what agents may do. Writes nothing: the command that it starts may be missing. */
export function configurationFor(
  { settings }: Pick<CommandServices, 'settings'>,
  client: McpClientId,
): ClientConfig {
  const { dataFolder } = settings;
  const launch = serverLaunch(path.join(launcherFolderIn(dataFolder), 'edge-memory'), process.platform, {
    dataFolder: dataFolder === defaultDataFolder() ? undefined : dataFolder,
    settings: agentSettings(),
  });
  return clientConfig(client, launch, process.platform);
}

/** Where the configuration lies; undefined where that is no file, or one of a project and no folder is open. */
export const fileOf = (config: ClientConfig): vscode.Uri | undefined => filesOf(config)[0];

/** The same; one of a project in each open folder. */
export function filesOf({ file }: ClientConfig): vscode.Uri[] {
  if (file === undefined) return [];
  if (file.startsWith('~')) return [vscode.Uri.file(path.join(homedir(), file.slice(1)))];
  const appData = process.env['APPDATA'];
  if (file.startsWith('%APPDATA%'))
    return appData === undefined ? [] : [vscode.Uri.file(file.replace('%APPDATA%', appData))];
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => vscode.Uri.joinPath(uri, file));
}

/** Shows the file; one that does not exist as an unsaved document that holds the configuration. */
export async function openConfiguration(file: vscode.Uri, text: string): Promise<void> {
  const exists = await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
  const document = await vscode.workspace.openTextDocument(exists ? file : file.with({ scheme: 'untitled' }));
  const editor = await vscode.window.showTextDocument(document);
  if (!exists && document.getText() === '')
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), text));
}
