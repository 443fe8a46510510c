import * as vscode from 'vscode';
import { MemoryError } from '../../memory/errors.ts';
import type { Memory } from '../../memory/memory.ts';
import type { MemoryStore } from '../../memory/memoryStore.ts';
import { describeError } from '../errors.ts';
import { say } from '../say.ts';
import type { Draft } from './frontMatter.ts';
import { changeOf, memoryOf } from './memoryChange.ts';
import { fieldsOf } from './memoryMarkdown.ts';

/**
 * Makes a memory of what its document says: changes `present`, or stores it where there is none yet. Answers the
 * memory as it is now. Rejects where the text can't be kept as it is: then nothing was changed.
 */
export async function save(store: MemoryStore, text: string, present: Memory | undefined): Promise<Memory> {
  const { parseMemory } = await import('./frontMatter.ts');
  const { draft, problems } = parseMemory(text, {
    ...(present && { shown: fieldsOf(present) }),
    optional: present === undefined,
  });
  const refused = problems.find(({ severity }) => severity === 'error');
  if (refused)
    throw new MemoryError(
      'invalid-input',
      refused.message,
      vscode.l10n.t('Nothing was saved; your text is still here.'),
    );
  if (present === undefined) return storeNew(store, draft);
  if (present.deletedAt !== undefined) return storeAnew(store, draft, present);
  const change = changeOf(draft, present);
  if (change === undefined) return present;
  const memory = await store.update(present.contentHash, change);
  say(vscode.l10n.t('Memory saved'));
  return memory;
}

async function storeNew(store: MemoryStore, draft: Draft, former?: Memory): Promise<Memory> {
  const { contentHash, outcome } = await store.store(memoryOf(draft, former));
  const [memory] = await store.get([contentHash]);
  if (memory === undefined) throw removed();
  say(
    outcome === 'merged'
      ? vscode.l10n.t('Already remembered: tags and details were merged')
      : vscode.l10n.t('Memory stored'),
  );
  return memory;
}

/** Somebody deleted what somebody else was writing: only a person can say what is meant. */
async function storeAnew(store: MemoryStore, draft: Draft, former: Memory): Promise<Memory> {
  const yes = vscode.l10n.t('Store Anew');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('This memory was deleted while you were editing it.'),
    { modal: true, detail: vscode.l10n.t('Your text is safe in the editor. Store it as a memory again?') },
    yes,
  );
  if (answer !== yes) throw removed();
  return storeNew(store, draft, former);
}

const removed = (): MemoryError =>
  new MemoryError(
    'not-found',
    vscode.l10n.t('This memory was deleted.'),
    vscode.l10n.t('Nothing was saved; your text is still here.'),
  );

/** As VS Code shows it where a file could not be read or saved. */
export const asFileError = (error: unknown): vscode.FileSystemError =>
  error instanceof vscode.FileSystemError ? error : vscode.FileSystemError.Unavailable(describeError(error));
