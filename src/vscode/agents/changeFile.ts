import * as vscode from 'vscode';
import { MemoryError } from '../../memory/errors.ts';
import { confirmChange } from './confirmChange.ts';

export interface WantedChange {
  readonly uri: vscode.Uri;
  /** As people know the file. */
  readonly name: string;
  /** Undefined where there is no file yet. */
  readonly before: string | undefined;
  /** Undefined: the file is deleted, because it would be empty. */
  readonly after: string | undefined;
  /** What applying it does, as a command. */
  readonly title: string;
}

/** Shows what a file would be, and makes it that after a yes. Answers whether it was. */
export async function changeFile({ uri, name, before, after, title }: WantedChange): Promise<boolean> {
  if (!(await confirmChange({ uri, exists: before !== undefined, after: after ?? '', title }))) return false;
  if ((await readFile(uri)) !== before)
    throw new MemoryError(
      'conflict',
      vscode.l10n.t('{0} was changed meanwhile, and is as it was.', name),
      vscode.l10n.t('Run the command again to see the change that would be made now.'),
    );
  if (after === undefined) await vscode.workspace.fs.delete(uri, { useTrash: false });
  else await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(after));
  return true;
}

/** Undefined where there is no file. Throws where an editor holds changes that are not in it. */
export async function readFile(uri: vscode.Uri): Promise<string | undefined> {
  const name = vscode.workspace.asRelativePath(uri);
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open?.isDirty)
    throw new MemoryError(
      'conflict',
      vscode.l10n.t('{0} has changes that are not saved.', name),
      vscode.l10n.t('Save or revert it, then run the command again.'),
    );
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      await vscode.workspace.fs.readFile(uri),
    );
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    if (!(error instanceof TypeError)) throw error;
    throw new MemoryError(
      'invalid-input',
      vscode.l10n.t('{0} is no text in UTF-8.', name),
      vscode.l10n.t('Save it in UTF-8, then run the command again.'),
    );
  }
}
