import * as vscode from 'vscode';
import { groupsOf } from '../../memory/groups.ts';
import type { MemoryFilter } from '../../memory/memory.ts';
import { pagesOf } from '../../memory/pagesOf.ts';
import { withProgress } from '../progress.ts';
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
      : vscode.l10n.t('Delete {0} memories for good?', number(memories.length));
  if (!(await confirmed(question))) return [];
  const gone = await services.store.purge(memories.map(({ contentHash }) => contentHash));
  sayGone(gone.length);
  return gone;
}

/**
 * Asks, saying how many, and removes every deleted memory, earlier versions of edited ones too unless they are to stay.
 * Answers how many are gone.
 */
export async function emptyDeleted({ store }: CommandServices): Promise<number> {
  const count = await store.count({ state: 'deleted' });
  if (count === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There are no deleted memories.'));
    return 0;
  }
  const earlier = await store.count({ state: 'deleted', replaced: true });
  const question =
    count === 1
      ? vscode.l10n.t('Delete 1 deleted memory for good?')
      : vscode.l10n.t('Delete {0} deleted memories for good?', number(count));
  const yes = vscode.l10n.t('Delete for Good');
  const keep = vscode.l10n.t('Keep Earlier Versions');
  const answer = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail: detailOf(earlier) },
    yes,
    ...(earlier > 0 && earlier < count ? [keep] : []),
  );
  if (answer === undefined) return 0;
  const filter: MemoryFilter = { state: 'deleted', ...(answer === keep && { replaced: false }) };
  const all = answer === keep ? count - earlier : count;
  let gone = 0;
  await withProgress(vscode.l10n.t('Deleting for good'), async ({ signal, say: step }) => {
    // All are named before the first goes: the earlier versions of one that is gone are nobody's versions any more.
    const doomed: string[] = [];
    const query = { filter, limit: PAGE, contentLimit: 0 };
    for await (const page of pagesOf((after) => store.list({ ...query, after }, { signal })))
      doomed.push(...page.map(({ contentHash }) => contentHash));
    for (const group of groupsOf(doomed, PAGE)) {
      gone += (await store.purge(group, { signal })).length;
      step(vscode.l10n.t('{0} of {1} memories', number(gone), number(all)), gone / all);
    }
  });
  sayGone(gone);
  return gone;
}

/** Nobody deleted what an edit replaced: a person should know that it goes, too. */
const detailOf = (earlier: number): string =>
  [
    ...(earlier === 0
      ? []
      : [vscode.l10n.t('Earlier versions of edited memories among them: {0}.', number(earlier))]),
    vscode.l10n.t('This can not be undone.'),
  ].join(' ');

const sayGone = (gone: number): void =>
  say(
    gone === 1
      ? vscode.l10n.t('Memory deleted for good')
      : vscode.l10n.t('{0} memories deleted for good', number(gone)),
  );

async function confirmed(question: string): Promise<boolean> {
  const yes = vscode.l10n.t('Delete for Good');
  const detail = vscode.l10n.t('This can not be undone.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
