import * as vscode from 'vscode';
import { linesHashOf } from '../memory/codeDrift.ts';
import type { JsonObject, MemorySource, NewMemory } from '../memory/memory.ts';
import { placeOf } from './code/codePlace.ts';
import { symbolAt } from './code/symbols.ts';
import type { Projects } from './projects.ts';

/** The selected text of the active editor with the place that it comes from; undefined where nothing is selected. */
export async function selectionAsMemory(projects: Projects): Promise<NewMemory | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty) return undefined;
  const { document, selection } = editor;
  const content = document.getText(selection);
  if (content.trim() === '') return undefined;
  const source = await sourceOf(projects, document, selection);
  return {
    content,
    metadata: { language: document.languageId, ...placeIn(source) },
    source,
  };
}

/** The same for programs that know no more than the metadata. */
const placeIn = ({ path, lines }: MemorySource): JsonObject =>
  path === undefined ? {} : { file: path, ...(lines && { line: lines[0] }) };

/** A part of a document as the place that a memory keeps: whole lines. */
export async function sourceOf(
  projects: Projects,
  document: vscode.TextDocument,
  { start, end }: vscode.Range,
): Promise<MemorySource> {
  // A selection of whole lines ends before the first character of the next one.
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  const lines = Array.from({ length: last - start.line + 1 }, (_, i) => document.lineAt(start.line + i).text);
  const range = new vscode.Range(start.line, 0, last, lines.at(-1)?.length ?? 0);
  const [place, symbol] = await Promise.all([placeOf(projects, document.uri), symbolAt(document.uri, range)]);
  return { ...place, symbol, lines: [start.line + 1, last + 1], linesHash: linesHashOf(lines) };
}
