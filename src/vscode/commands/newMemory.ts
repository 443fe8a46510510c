import * as vscode from 'vscode';
import { newMemoryUri } from '../documents/memoryUri.ts';

/** Opens an empty memory as a document; saving stores it. `{ content }` is what it begins with, not saved yet. */
export async function newMemory(_services: unknown, given?: unknown): Promise<vscode.Uri> {
  const document = await vscode.workspace.openTextDocument(newMemoryUri());
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  const end = document.lineAt(document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  const content = (given as { readonly content?: unknown } | null | undefined)?.content;
  if (typeof content === 'string') await editor.edit((edit) => edit.insert(end, content));
  return document.uri;
}
