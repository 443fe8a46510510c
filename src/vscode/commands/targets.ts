import * as vscode from 'vscode';
import { MemoryError } from '../../memory/errors.ts';
import type { Memory, MemoryFilter } from '../../memory/memory.ts';
import type { CommandServices } from './registerCommands.ts';

interface TargetOptions {
  /** Asked of a person where nothing says which memory is meant. */
  readonly title: string;
  /** Those that a person picks from. */
  readonly filter?: MemoryFilter | undefined;
  /** The memory in the active editor is not meant: something is to be done to its text. */
  readonly notActive?: boolean;
}

/**
 * The memories that a command is for: those it was called with (hashes, rows of the tree), else the selection of
 * the tree where the key was pressed there, else the memory in the active editor, else the one that a person
 * picks. None when that is cancelled.
 */
export async function targetMemories(
  services: CommandServices,
  args: readonly unknown[],
  { title, filter, notActive = false }: TargetOptions,
): Promise<Memory[]> {
  const given = givenHashes(services, args);
  if (given === undefined && !notActive) {
    const active = await activeMemory(services);
    if (active && isMeant(active, filter)) return [active];
  }
  if (given === undefined) {
    const { pickMemory } = await import('../search/memoryPick.ts');
    const picked = await pickMemory(services, { title, filter });
    return picked === undefined ? [] : wholeMemories(services, [picked.contentHash]);
  }
  return given.length === 0 ? [] : wholeMemories(services, given);
}

async function wholeMemories({ store }: CommandServices, hashes: readonly string[]): Promise<Memory[]> {
  const memories = await store.get(hashes);
  if (memories.length > 0) return memories;
  throw new MemoryError(
    'not-found',
    vscode.l10n.t('This memory is not there any more.'),
    vscode.l10n.t('Another window or program may have removed it.'),
  );
}

/** VS Code hands a tree's commands the row and all selected rows; a key binding `{ selection: true }`. */
function givenHashes({ explorer }: CommandServices, args: readonly unknown[]): string[] | undefined {
  const [first, selected] = args;
  if (isRecord(first) && first['selection'] === true) return explorer.view.selection.flatMap(hashesIn);
  const given = Array.isArray(selected) && selected.length > 0 ? selected : [first];
  const hashes = given.flatMap(hashesIn);
  return hashes.length > 0 ? [...new Set(hashes)] : undefined;
}

function hashesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(hashesIn);
  if (!isRecord(value)) return [];
  const { contentHash, memory } = value;
  return typeof contentHash === 'string' ? [contentHash] : hashesIn(memory);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

async function activeMemory({ documents, store }: CommandServices): Promise<Memory | undefined> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const hash = uri && documents.hashOf(uri);
  return hash === undefined ? undefined : (await store.get([hash]))[0];
}

/** What is to be brought back is deleted, and what is to be unpinned is pinned: the one in the editor may be neither. */
const isMeant = (memory: Memory, { state, pinned, localOnly, fromFile }: MemoryFilter = {}): boolean =>
  (state !== 'deleted' || memory.deletedAt !== undefined) &&
  (pinned === undefined || memory.pinned === pinned) &&
  (localOnly === undefined || memory.localOnly === localOnly) &&
  (fromFile === undefined || (memory.source?.path !== undefined) === fromFile);
