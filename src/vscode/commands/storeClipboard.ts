import * as vscode from 'vscode';
import type { StoreResult } from '../../memory/memory.ts';
import { quoted } from '../memoryText.ts';
import { offerUndo } from '../undo.ts';
import type { CommandServices } from './registerCommands.ts';
import { storeFiles } from './storeFiles.ts';
import { saveThenTag } from './storeMemory.ts';

/** Begins like the URI of a file that an editor opens, or like an absolute path of any system. A page is a text. */
const ADDRESS = /^(?:file:\/\/|vscode-[a-z]+:\/\/|[/\\]|[a-z]:[/\\])/i;

/** Stores the files that the clipboard names, one a line, as “Copy Path” leaves them; else its text. */
export async function storeClipboard(services: CommandServices): Promise<StoreResult[]> {
  const content = await vscode.env.clipboard.readText();
  if (content.trim() === '') {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The clipboard holds no text. Copy a text, or the path of a text file, and paste again.'),
    );
    return [];
  }
  const files = await filesIn(content);
  return files === undefined ? [await storeText(services, content)] : storeFiles(services, files);
}

/** One press of keys stored it, so one takes it back; what was remembered before would be lost by that. */
async function storeText(services: CommandServices, content: string): Promise<StoreResult> {
  const { store, errors } = services;
  const result = await saveThenTag(services, { content });
  if (result.outcome !== 'merged')
    void offerUndo(errors, vscode.l10n.t('Stored {0}.', quoted({ content })), () =>
      store.delete([result.contentHash]),
    );
  return result;
}

/** The files that a text consists of; undefined where any of its lines is something else. */
async function filesIn(text: string): Promise<vscode.Uri[] | undefined> {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim().replace(/^"(.*)"$/, '$1'))
    .filter((line) => line !== '');
  if (!lines.every((line) => ADDRESS.test(line))) return undefined;
  const files: vscode.Uri[] = [];
  for (const line of lines) {
    const uri = line.includes('://') ? vscode.Uri.parse(line) : vscode.Uri.file(line);
    if (!(await isFile(uri))) return undefined;
    files.push(uri);
  }
  return files;
}

const isFile = (uri: vscode.Uri): Thenable<boolean> =>
  vscode.workspace.fs.stat(uri).then(
    ({ type }) => (type & vscode.FileType.File) !== 0,
    () => false,
  );
