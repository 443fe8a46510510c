import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { type FoundVariables, variablesIn } from '../../cloudflare/settingsFiles.ts';

/** Variables of Cloudflare, and where they were found. */
export interface SettingsSource extends FoundVariables {
  readonly file: vscode.Uri;
}

/** Where Claude Desktop keeps its servers. https://modelcontextprotocol.io/quickstart/user */
const claudeDesktop = (): string => {
  if (process.platform === 'darwin') return path.join(homedir(), 'Library/Application Support/Claude');
  if (process.platform === 'win32') return path.join(process.env['APPDATA'] ?? homedir(), 'Claude');
  return path.join(homedir(), '.config/Claude');
};

const inFolders = (): vscode.Uri[] =>
  (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) =>
    ['.env', '.mcp.json', '.vscode/mcp.json', '.cursor/mcp.json'].map((name) =>
      vscode.Uri.joinPath(uri, name),
    ),
  );

/**
 * This editor's own servers: of the profile in use and, where that is another one, of the default profile. Beside a
 * profile's `globalStorage`, which holds a folder for each extension; profiles lie in `User/profiles`.
 * https://code.visualstudio.com/docs/copilot/reference/mcp-configuration
 */
const ofTheEditor = ({
  globalStorageUri,
}: Pick<vscode.ExtensionContext, 'globalStorageUri'>): vscode.Uri[] => {
  const profile = vscode.Uri.joinPath(globalStorageUri, '../..');
  const isDefault = !/\/profiles\/[^/]+\/?$/.test(profile.path);
  return [profile, ...(isDefault ? [] : [vscode.Uri.joinPath(profile, '../..')])].map((folder) =>
    vscode.Uri.joinPath(folder, 'mcp.json'),
  );
};

const ofThePerson = (): vscode.Uri[] =>
  [
    path.join(claudeDesktop(), 'claude_desktop_config.json'),
    path.join(homedir(), '.claude.json'),
    path.join(homedir(), '.cursor/mcp.json'),
  ].map((file) => vscode.Uri.file(file));

export interface FoundSettings {
  readonly sources: readonly SettingsSource[];
  /** Files of a workspace that is not trusted: they are there, and nobody looked into them. */
  readonly unread: readonly vscode.Uri[];
}

/** The settings of Cloudflare in the files that people have. */
export async function findSettings(
  context: Pick<vscode.ExtensionContext, 'globalStorageUri'>,
): Promise<FoundSettings> {
  const { isTrusted } = vscode.workspace;
  const [sources, unread] = await Promise.all([
    collect([...(isTrusted ? inFolders() : []), ...ofTheEditor(context), ...ofThePerson()], readSettings),
    isTrusted ? [] : collect(inFolders(), unlessMissing),
  ]);
  return { sources, unread };
}

const collect = async <T>(
  files: readonly vscode.Uri[],
  look: (file: vscode.Uri) => Promise<T[]>,
): Promise<T[]> => {
  // Most of them are not there.
  const found = await Promise.all(files.map((file) => look(file).catch(() => [])));
  return found.flat();
};

const unlessMissing = async (file: vscode.Uri): Promise<vscode.Uri[]> => {
  await vscode.workspace.fs.stat(file);
  return [file];
};

export async function readSettings(file: vscode.Uri): Promise<SettingsSource[]> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  return variablesIn(text).map((found) => ({ ...found, file }));
}
