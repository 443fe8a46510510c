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

const places = (): vscode.Uri[] => [
  ...(vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) =>
    ['.env', '.mcp.json', '.vscode/mcp.json', '.cursor/mcp.json'].map((name) =>
      vscode.Uri.joinPath(uri, name),
    ),
  ),
  ...[
    path.join(claudeDesktop(), 'claude_desktop_config.json'),
    path.join(homedir(), '.claude.json'),
    path.join(homedir(), '.cursor/mcp.json'),
  ].map((file) => vscode.Uri.file(file)),
];

/** The settings of Cloudflare in the files that people have. */
export async function findSettings(): Promise<SettingsSource[]> {
  const found = await Promise.all(
    places().map((file) =>
      readSettings(file).catch(() => {
        // Not there, as most of them.
        return [];
      }),
    ),
  );
  return found.flat();
}

export async function readSettings(file: vscode.Uri): Promise<SettingsSource[]> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  return variablesIn(text).map((found) => ({ ...found, file }));
}
