import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { ClientConfig } from '../../mcp/clientConfigs.ts';
import { withoutServer } from '../../mcp/withoutServer.ts';
import { changeFile, readFile } from './changeFile.ts';
import { filesOf } from './mcpConfigurations.ts';

/** The known files of a client that hold the entry of this server; none where that can't be read from here. */
export async function filesWithServer(config: ClientConfig): Promise<vscode.Uri[]> {
  const files = await Promise.all(
    filesOf(config).map(async (uri) => {
      const text = await readFile(uri).catch(() => undefined);
      return text === undefined || withoutServer(text) === undefined ? [] : [uri];
    }),
  );
  return files.flat();
}

/** Takes the entry of this server out of a client's file, after a look at the change. Answers whether it is gone. */
export async function removeServer(uri: vscode.Uri): Promise<boolean> {
  const before = await readFile(uri);
  const after = before === undefined ? undefined : withoutServer(before);
  if (after === undefined) return true;
  const name = configurationName(uri);
  const title = vscode.l10n.t('Remove Edge Memory from {0}', name);
  return changeFile({ uri, name, before, after, title });
}

/** Relative to the workspace, or the home folder as `~`. */
export const configurationName = (uri: vscode.Uri): string =>
  vscode.workspace.asRelativePath(uri).replace(homedir(), '~');
