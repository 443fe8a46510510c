import * as vscode from 'vscode';
import { type CodeState, codeStateOf } from '../../memory/codeDrift.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Projects } from '../projects.ts';
import { fileOf } from './codePlace.ts';

/** Larger files are no code that somebody remembers lines of. Bytes. */
const MAX_BYTES = 5 * 1024 * 1024;

/**
 * What has become of the code that memories were made from, by their hashes. Those without lines are left out, and
 * those whose file can't be looked at from here. Each file is read once.
 */
export async function codeStatesOf(
  projects: Projects,
  memories: readonly Memory[],
): Promise<ReadonlyMap<string, CodeState>> {
  const texts = new Map<string, Promise<string | undefined>>();
  const states = new Map<string, CodeState>();
  const look = async (memory: Memory): Promise<void> => {
    if (memory.source?.linesHash === undefined) return;
    const file = await fileOf(projects, memory);
    if (file === undefined) return;
    const key = file.toString();
    const reading = texts.get(key) ?? textOf(file);
    texts.set(key, reading);
    const state = codeStateOf(memory.source, await reading);
    if (state) states.set(memory.contentHash, state);
  };
  // What can't be read says nothing about the code.
  await Promise.all(memories.map((memory) => look(memory).catch(() => undefined)));
  return states;
}

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
