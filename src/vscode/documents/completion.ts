import * as vscode from 'vscode';
import type { FacetKind } from '../../memory/memory.ts';
import type { MemoryStore } from '../../memory/memoryStore.ts';
import { MEMORY_TYPES } from '../../memory/memoryTypes.ts';
import { oneLine } from '../plainText.ts';
import { EDITABLE, type Editable, yamlOf } from './memoryMarkdown.ts';
import { number } from '../numbers.ts';

/** The known names that a list offers at most. */
const OFFERED = 1000;

/** Fields, and for the field at the cursor the tags, types and projects that are in use. */
export async function frontMatterCompletions(
  store: MemoryStore,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.CompletionItem[]> {
  if (!isInFrontMatter(document, position.line)) return [];
  const line = document.lineAt(position.line).text;
  const before = line.slice(0, position.character);
  if (/^\w*$/.test(before)) return fieldNames(document, position.line);
  const field = fieldAt(document, position.line);
  const start = before.length - (/[^[,:]*$/.exec(valueBefore(before))?.[0].trimStart().length ?? 0);
  const end =
    position.character + (/^[^\],#]*/.exec(line.slice(position.character))?.[0].trimEnd().length ?? 0);
  const range = new vscode.Range(position.line, start, position.line, Math.max(end, position.character));
  switch (field as Editable | undefined) {
    case 'tags':
      return items(await known(store, 'tags'), range, vscode.CompletionItemKind.Keyword);
    case 'type':
      return items(await types(store), range, vscode.CompletionItemKind.EnumMember);
    case 'project':
      return items(await known(store, 'projects'), range, vscode.CompletionItemKind.Folder);
    case 'pinned':
    case 'localOnly':
      return ['true', 'false'].map((value) => {
        const item = new vscode.CompletionItem(value, vscode.CompletionItemKind.Value);
        item.range = range;
        return item;
      });
    case 'metadata':
    case undefined:
    default:
      return [];
  }
}

/** A tag may hold a colon, so what stands before the value is cut off first. */
const valueBefore = (before: string): string =>
  before.replace(/^\s*(?:\w+:|-)\s*\[?/, '[').replaceAll(/:/g, '_');

function isInFrontMatter(document: vscode.TextDocument, line: number): boolean {
  if (line === 0 || document.lineAt(0).text.trimEnd() !== '---') return false;
  for (let i = 1; i < line; i++) if (document.lineAt(i).text.trimEnd() === '---') return false;
  return document.lineAt(line).text.trimEnd() !== '---';
}

/** The field that the line belongs to: its own, or for an item of a list the one above. */
function fieldAt(document: vscode.TextDocument, line: number): string | undefined {
  for (let i = line; i > 0; i--) {
    const { text } = document.lineAt(i);
    const name = /^(\w+):/.exec(text)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}

function fieldNames(document: vscode.TextDocument, line: number): vscode.CompletionItem[] {
  const about: Record<Editable, string> = {
    tags: vscode.l10n.t('Words to find it by'),
    type: vscode.l10n.t('What kind of memory it is'),
    project: vscode.l10n.t('The project that it belongs to'),
    pinned: vscode.l10n.t('Whether it is listed under Pinned'),
    localOnly: vscode.l10n.t('Whether it never leaves this machine'),
    metadata: vscode.l10n.t('Keys of your own'),
  };
  const present = new Set<string | undefined>();
  for (let i = 1; i < document.lineCount && document.lineAt(i).text.trimEnd() !== '---'; i++)
    if (i !== line) present.add(/^(\w+):/.exec(document.lineAt(i).text)?.[1]);
  return EDITABLE.filter((name) => !present.has(name)).map((name) => {
    const item = new vscode.CompletionItem(name, vscode.CompletionItemKind.Field);
    item.detail = about[name];
    item.insertText = new vscode.SnippetString(name === 'tags' ? 'tags: [$1]' : `${name}: `);
    item.command = { command: 'editor.action.triggerSuggest', title: '' };
    return item;
  });
}

interface Name {
  readonly name: string;
  readonly detail: string;
}

async function known(store: MemoryStore, kind: FacetKind): Promise<Name[]> {
  const { items: facets } = await store.facets(kind, { limit: OFFERED });
  return facets.map(({ name, count }) => ({ name, detail: number(count) }));
}

/** Those in use first, then those that mcp-memory-service knows. */
async function types(store: MemoryStore): Promise<Name[]> {
  const used = await known(store, 'types');
  const names = new Set(used.map(({ name }) => name));
  const ontology = Object.entries(MEMORY_TYPES).flatMap(([base, subtypes]) => [
    { name: base, detail: '' },
    ...subtypes.map((name) => ({ name, detail: base })),
  ]);
  return [...used, ...ontology.filter(({ name }) => !names.has(name))];
}

const items = (
  names: readonly Name[],
  range: vscode.Range,
  kind: vscode.CompletionItemKind,
): vscode.CompletionItem[] =>
  names.map(({ name, detail }, index) => {
    const item = new vscode.CompletionItem({ label: oneLine(name, 100), description: detail }, kind);
    item.insertText = yamlOf(name);
    item.filterText = yamlOf(name);
    item.range = range;
    item.sortText = String(index).padStart(4, '0');
    return item;
  });
