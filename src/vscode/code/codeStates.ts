import * as vscode from 'vscode';
import type { CodeState } from '../../memory/codeDrift.ts';
import { codeStatesIn } from '../../memory/codeStates.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Projects } from '../projects.ts';
import { fileOf } from './codePlace.ts';

/** Larger files are no code that somebody remembers lines of. Bytes. */
const MAX_BYTES = 5 * 1024 * 1024;

/** What has become of the code that memories were made from, by their hashes, where their files can be looked at. */
export const codeStatesOf = (
  projects: Projects,
  memories: readonly Memory[],
): Promise<ReadonlyMap<string, CodeState>> =>
  codeStatesIn(
    {
      fileOf: async (memory) => (await fileOf(projects, memory))?.toString(),
      textOf: (file) => textOf(vscode.Uri.parse(file, true)),
    },
    memories,
  );

/**
 * As it is on disk, or being edited; undefined where there is no such file. Rejects where that can't be told. What is
 * not being edited is read: VS Code knows documents for a while after their file is gone.
 */
export async function textOf(file: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find(
    ({ isDirty, uri }) => isDirty && uri.toString() === file.toString(),
  );
  if (open) return open.getText();
  try {
    const { type, size } = await vscode.workspace.fs.stat(file);
    if (!(type & vscode.FileType.File) || size > MAX_BYTES) throw new Error(`${file.toString()} is no code.`);
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
}

/** What to tell a person about it; undefined where the code is as it was. */
export function describeCodeState(state: CodeState | undefined): string | undefined {
  switch (state?.kind) {
    case 'changed':
      return vscode.l10n.t('the code has changed since');
    case 'missing':
      return vscode.l10n.t('its file is gone');
    case 'moved':
    case 'same':
    case undefined:
      return undefined;
  }
}
