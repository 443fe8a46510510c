import * as vscode from 'vscode';
import { MemoryError } from '../memory/errors.ts';
import { MAX_CONTENT_BYTES } from '../memory/text.ts';

/** The text of a file, wherever VS Code can read it. Rejects with a `MemoryError` that names the file. */
export async function readTextFile(file: vscode.Uri): Promise<string> {
  const name = vscode.workspace.asRelativePath(file);
  const stat = await vscode.workspace.fs.stat(file).then(undefined, () => {
    throw new MemoryError(
      'not-found',
      vscode.l10n.t('There is no file {0}.', name),
      vscode.l10n.t('It may have been moved or deleted.'),
    );
  });
  if (stat.type & vscode.FileType.Directory)
    throw new MemoryError(
      'invalid-input',
      vscode.l10n.t('{0} is a folder.', name),
      vscode.l10n.t('Choose the files in it.'),
    );
  if (stat.size > MAX_CONTENT_BYTES)
    throw new MemoryError(
      'too-large',
      vscode.l10n.t('{0} is too large: at most {1} MB are stored.', name, MAX_CONTENT_BYTES / 1024 / 1024),
      vscode.l10n.t('Store the parts of it that matter.'),
    );
  const bytes = await vscode.workspace.fs.readFile(file);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\u0000')) return text;
  } catch {
    // Said below.
  }
  throw new MemoryError(
    'invalid-input',
    vscode.l10n.t('{0} is not a text file in UTF-8.', name),
    vscode.l10n.t('Only text can be remembered.'),
  );
}
