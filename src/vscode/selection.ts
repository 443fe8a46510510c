import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { NewMemory } from '../memory/memory.ts';
import type { Projects } from './projects.ts';

/** The selected text of the active editor with the place that it comes from; undefined where nothing is selected. */
export async function selectionAsMemory(projects: Projects): Promise<NewMemory | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty) return undefined;
  const { document, selection } = editor;
  const content = document.getText(selection);
  if (content.trim() === '') return undefined;
  const { start, end } = selection;
  // A selection of whole lines ends before the first character of the next one.
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  const project = await projects.of(document.uri);
  return {
    content,
    metadata: { language: document.languageId },
    source: {
      path: pathOf(document.uri),
      lines: [start.line + 1, last + 1],
      linesHash: hashOfLines(document, start.line, last),
      repository: project?.repository,
    },
  };
}

/** Relative to the workspace folder; elsewhere the whole path, the home folder as `~`; none for unsaved text. */
function pathOf(uri: vscode.Uri): string | undefined {
  if (vscode.workspace.getWorkspaceFolder(uri)) return vscode.workspace.asRelativePath(uri, false);
  if (uri.scheme !== 'file') return undefined;
  const home = homedir();
  return uri.fsPath.startsWith(home) ? `~${uri.fsPath.slice(home.length)}` : uri.fsPath;
}

/** Hex SHA-256 of the whole lines, joined by line feeds. */
function hashOfLines(document: vscode.TextDocument, first: number, last: number): string {
  const lines = Array.from({ length: last - first + 1 }, (_, index) => document.lineAt(first + index).text);
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
