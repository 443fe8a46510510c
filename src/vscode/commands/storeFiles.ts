import * as vscode from 'vscode';
import { linesHashOf, linesOf } from '../../memory/codeDrift.ts';
import { stripLikePython } from '../../memory/contentHash.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { NewMemory, StoreResult } from '../../memory/memory.ts';
import { placeOf } from '../code/codePlace.ts';
import { describeError } from '../errors.ts';
import { oneLine } from '../plainText.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { readTextFile } from '../textFiles.ts';
import { offerUndo } from '../undo.ts';

/** Above this many files a person is asked first. */
const MANY = 20;

/** Stores the files that a person picked in the explorer, else the active one, else those chosen in a dialog. */
export async function storeFile(services: Services, ...args: readonly unknown[]): Promise<StoreResult[]> {
  const [clicked, selected] = args;
  const given = (Array.isArray(selected) ? selected : [clicked]).filter((uri) => uri instanceof vscode.Uri);
  if (given.length > 0) return storeFiles(services, given);
  const active = vscode.window.activeTextEditor?.document.uri;
  const isFile = active !== undefined && active.scheme !== 'untitled' && active.scheme !== 'edge-memory';
  const chosen = isFile
    ? [active]
    : await vscode.window.showOpenDialog({
        canSelectMany: true,
        title: vscode.l10n.t('Store File'),
        openLabel: vscode.l10n.t('Store'),
      });
  return chosen ? storeFiles(services, chosen) : [];
}

/**
 * Stores each text file as one memory with its place, and offers to undo. Files that can't be stored are named with
 * the reason, and keep no other from being stored. Answers what was stored.
 */
export async function storeFiles(services: Services, uris: readonly vscode.Uri[]): Promise<StoreResult[]> {
  if (uris.length > MANY && !(await confirmed(uris.length))) return [];
  const memories: NewMemory[] = [];
  const problems: string[] = [];
  await withProgress(vscode.l10n.t('Storing files'), async ({ signal, say }) => {
    for (const [i, uri] of uris.entries()) {
      signal.throwIfAborted();
      say(vscode.workspace.asRelativePath(uri), i / uris.length);
      try {
        memories.push(await fileAsMemory(services, uri));
      } catch (error) {
        problems.push(describeError(error));
      }
    }
  });
  const results = memories.length === 0 ? [] : await services.store.storeMany(memories);
  for (const problem of problems) services.log.warn(`A file was not stored: ${problem}`);
  tell(services, results, problems);
  return results;
}

async function fileAsMemory({ projects, settings }: Services, uri: vscode.Uri): Promise<NewMemory> {
  const content = await readTextFile(uri);
  if (stripLikePython(content) === '')
    throw new MemoryError(
      'invalid-input',
      vscode.l10n.t('{0} is empty.', vscode.workspace.asRelativePath(uri)),
      vscode.l10n.t('Write something into it, and store it again.'),
    );
  const lines = linesOf(content.replace(/(?:\r\n|\r|\n)$/, ''));
  const project = settings.tagWithProject ? await projects.of(uri) : undefined;
  const place = await placeOf(projects, uri);
  return {
    content,
    project: project?.name,
    source: { client: 'vscode', ...place, lines: [1, lines.length], linesHash: linesHashOf(lines) },
  };
}

async function confirmed(count: number): Promise<boolean> {
  const store = vscode.l10n.t('Store');
  const question = vscode.l10n.t('Store {0} files as memories?', count);
  const detail = vscode.l10n.t('Each becomes one memory.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, store)) === store;
}

function tell(
  { store, errors }: Services,
  results: readonly StoreResult[],
  problems: readonly string[],
): void {
  const [problem] = problems;
  const more = problems.length > 1 ? ` ${vscode.l10n.t('The log names {0} more.', problems.length - 1)}` : '';
  const refused = problem === undefined ? '' : ` ${oneLine(problem, 200)}${more}`;
  if (results.length === 0) {
    if (refused !== '') void vscode.window.showErrorMessage(refused.trim());
    return;
  }
  const stored =
    results.length === 1
      ? vscode.l10n.t('Stored 1 file.')
      : vscode.l10n.t('Stored {0} files.', results.length);
  // Taking back what was remembered before would lose it.
  const fresh = results.filter(({ outcome }) => outcome !== 'merged').map(({ contentHash }) => contentHash);
  const warning = refused !== '';
  if (fresh.length > 0) void offerUndo(errors, stored + refused, () => store.delete(fresh), { warning });
  else if (warning) void vscode.window.showWarningMessage(stored + refused);
  else void vscode.window.showInformationMessage(stored);
}
