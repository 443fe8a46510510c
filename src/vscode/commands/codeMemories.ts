import * as vscode from 'vscode';
import { codeStateOf, linesHashOf, linesOf } from '../../memory/codeDrift.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { Memory } from '../../memory/memory.ts';
import { fileOf } from '../code/codePlace.ts';
import { textOf } from '../code/codeStates.ts';
import { rangeOfSymbol } from '../code/symbols.ts';
import { openMemory } from '../documents/memoryDocuments.ts';
import { quoted } from '../memoryText.ts';
import { say } from '../say.ts';
import { sourceOf } from '../selection.ts';
import { offerUndo } from '../undo.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';

const FROM_FILE = { fromFile: true };

/** Opens the file that a memory came from, with its lines, or what stands in their place, selected. */
export async function showSource(services: CommandServices, ...args: readonly unknown[]): Promise<void> {
  const [memory] = await targetMemories(services, args, {
    title: vscode.l10n.t('Show Code of Memory'),
    filter: FROM_FILE,
  });
  if (memory) await reveal(services, memory);
}

/** The memory holds for its code as it is now: from now on it is compared with that. */
export async function stillTrue(
  services: CommandServices,
  ...args: readonly unknown[]
): Promise<Memory | undefined> {
  const [memory] = await targetMemories(services, args, {
    title: vscode.l10n.t('Still True'),
    filter: FROM_FILE,
  });
  if (!memory) return undefined;
  const { document, range } = await placeNow(services, memory);
  const place = await sourceOf(services.projects, document, range);
  const updated = await services.store.update(memory.contentHash, { source: { ...memory.source, ...place } });
  say(vscode.l10n.t('Marked as still true'));
  return updated;
}

/**
 * A memory that holds the code itself gets the code as it is now, after a look at it; one that says something about
 * the code is opened beside it, to be rewritten.
 */
export async function updateFromCode(
  services: CommandServices,
  ...args: readonly unknown[]
): Promise<Memory | undefined> {
  const [memory] = await targetMemories(services, args, {
    title: vscode.l10n.t('Update from Code'),
    filter: FROM_FILE,
  });
  if (!memory) return undefined;
  const editor = await reveal(services, memory);
  return holdsCode(memory) ? replaceByCode(services, memory, editor) : rewrite(services, memory);
}

/** Whole lines as they were when they were stored. */
const holdsCode = ({ content, source }: Memory): boolean =>
  linesHashOf(linesOf(content.replace(/(?:\r\n|\r|\n)$/, ''))) === source?.linesHash;

async function replaceByCode(
  { store, projects, errors }: CommandServices,
  memory: Memory,
  editor: vscode.TextEditor,
): Promise<Memory | undefined> {
  const replace = vscode.l10n.t('Replace');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Replace {0} by the selected code? Select other lines first if it is about those.',
      quoted(memory),
    ),
    replace,
  );
  if (answer !== replace) return undefined;
  const { document, selection } = editor;
  const content = document.getText(selection);
  const place = await sourceOf(projects, document, selection);
  const updated = await store.update(memory.contentHash, { content, source: { ...memory.source, ...place } });
  void offerUndo(errors, vscode.l10n.t('Updated {0}.', quoted(updated)), () =>
    store.update(updated.contentHash, { content: memory.content, source: memory.source }),
  );
  return updated;
}

async function rewrite(services: CommandServices, memory: Memory): Promise<undefined> {
  const { document } = await openMemory(services, memory, vscode.ViewColumn.Beside);
  const done = vscode.l10n.t('Still True');
  void vscode.window
    .showInformationMessage(
      vscode.l10n.t('Rewrite {0} and save it, then say that it holds for the code again.', quoted(memory)),
      done,
    )
    .then(async (chosen) => {
      if (chosen === undefined) return;
      const now = await services.documents.memoryOf(document.uri);
      await vscode.commands.executeCommand('edgeMemory.stillTrue', (now ?? memory).contentHash);
    });
}

async function reveal(services: CommandServices, memory: Memory): Promise<vscode.TextEditor> {
  const { document, range } = await placeNow(services, memory);
  const editor = await vscode.window.showTextDocument(document, { preview: true });
  editor.selection = new vscode.Selection(range.start, range.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return editor;
}

/** The lines of a memory: where they are now, else their symbol, else the lines of the same numbers. */
async function placeNow(
  { projects }: CommandServices,
  memory: Memory,
): Promise<{ readonly document: vscode.TextDocument; readonly range: vscode.Range }> {
  const path = memory.source?.path ?? '';
  const file = await fileOf(projects, memory);
  if (file === undefined || memory.source === undefined)
    throw new MemoryError(
      'not-found',
      path === ''
        ? vscode.l10n.t('This memory comes from no file.')
        : vscode.l10n.t('The project of {0} is not open in this window.', path),
      vscode.l10n.t('Open its folder, or edit or delete the memory.'),
    );
  const text = await textOf(file);
  if (text === undefined)
    throw new MemoryError(
      'not-found',
      vscode.l10n.t('There is no file {0} any more.', path),
      vscode.l10n.t('Edit the memory, or delete it.'),
    );
  const document = await vscode.workspace.openTextDocument(file);
  const state = codeStateOf(memory.source, text);
  const { symbol, lines = [1, 1] } = memory.source;
  const ofSymbol =
    state?.kind === 'changed' && symbol !== undefined ? await rangeOfSymbol(file, symbol) : undefined;
  const [first, last] = state && state.kind !== 'missing' ? state.lines : lines;
  const [start, end] = ofSymbol ? [ofSymbol.start.line, ofSymbol.end.line] : [first - 1, last - 1];
  return {
    document,
    range: document.validateRange(new vscode.Range(start, 0, end, Number.MAX_SAFE_INTEGER)),
  };
}
