import * as vscode from 'vscode';
import { withProgress } from '../connect/progress.ts';
import { quoted } from '../memoryText.ts';
import { say } from '../say.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';
import { number } from '../numbers.ts';

const PAGE = 500;

/** Asks, and removes deleted memories with all that belongs to them. Answers the hashes that are gone. */
export async function deleteForGood(
  services: CommandServices,
  ...args: readonly unknown[]
): Promise<string[]> {
  const title = vscode.l10n.t('Delete for Good');
  const memories = await targetMemories(services, args, { title, filter: { state: 'deleted' } });
  const [first] = memories;
  if (!first) return [];
  const question =
    memories.length === 1
      ? vscode.l10n.t('Delete the memory {0} for good?', quoted(first))
      : vscode.l10n.t('Delete {0} memories for good?', memories.length);
  if (!(await confirmed(question))) return [];
  const gone = await services.store.purge(memories.map(({ contentHash }) => contentHash));
  say(
    gone.length === 1
      ? vscode.l10n.t('Memory deleted for good')
      : vscode.l10n.t('{0} memories deleted for good', gone.length),
  );
  return gone;
}

/** Asks, saying how many, and removes every deleted memory. Answers how many are gone. */
export async function emptyDeleted({ store }: CommandServices): Promise<number> {
  const count = await store.count({ state: 'deleted' });
  if (count === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There are no deleted memories.'));
    return 0;
  }
  const question =
    count === 1
      ? vscode.l10n.t('Delete 1 deleted memory for good?')
      : vscode.l10n.t('Delete {0} deleted memories for good?', number(count));
  if (!(await confirmed(question))) return 0;
  let gone = 0;
  await withProgress(vscode.l10n.t('Deleting for good'), async ({ signal, say: step }) => {
    for (;;) {
      const query = { filter: { state: 'deleted' }, limit: PAGE, contentLimit: 0 } as const;
      const { items } = await store.list(query, { signal });
      const purged = await store.purge(
        items.map(({ contentHash }) => contentHash),
        { signal },
      );
      gone += purged.length;
      // Nothing that could go is left, whatever else there is.
      if (purged.length === 0) return;
      step(vscode.l10n.t('{0} of {1} memories', number(gone), number(count)));
    }
  });
  say(vscode.l10n.t('{0} memories deleted for good', number(gone)));
  return gone;
}

async function confirmed(question: string): Promise<boolean> {
  const yes = vscode.l10n.t('Delete for Good');
  const detail = vscode.l10n.t('This can not be undone.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
