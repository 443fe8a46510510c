import * as vscode from 'vscode';
import type { TagChange } from '../../memory/memory.ts';
import { MemoryError } from '../../memory/errors.ts';
import { carryOut, planRenaming, type RenamingPlan } from '../../memory/renamingTags.ts';
import { undoOf } from '../../memory/retagging.ts';
import { describeError, isCancellation } from '../errors.ts';
import { quoted } from '../memoryText.ts';
import { oneLine } from '../plainText.ts';
import { withProgress } from '../progress.ts';
import { offerUndo } from '../undo.ts';
import type { CommandServices } from './registerCommands.ts';
import { number } from '../numbers.ts';

type Args = readonly unknown[];

/** Gives a tag another name, the tags below it too; a call with `(tag, { to })` answers the question for it. */
export async function renameTag(services: CommandServices, ...args: Args): Promise<number> {
  const [tag] = await targetTags(services, args.slice(0, 1), vscode.l10n.t('Rename Tag'));
  if (tag === undefined) return 0;
  const to = nameIn(args[1]) ?? (await askName(services, tag));
  if (to === undefined) return 0;
  return change(services, await planRenaming(services.store, [tag], to), vscode.l10n.t('Rename'));
}

/** Makes several tags one. */
export async function mergeTags(services: CommandServices, ...args: Args): Promise<number> {
  const tags = await targetTags(services, args, vscode.l10n.t('Merge Tags'), true);
  if (tags.length === 0) return 0;
  const to = nameIn(args[1]) ?? (await chooseTarget(tags));
  if (to === undefined) return 0;
  const others = tags.filter((tag) => tag !== to);
  return change(services, await planRenaming(services.store, others, to), vscode.l10n.t('Merge'));
}

/** Takes tags from every memory that has them; the memories stay. */
export async function removeTags(services: CommandServices, ...args: Args): Promise<number> {
  const tags = await targetTags(services, args, vscode.l10n.t('Remove Tag from All Memories'));
  if (tags.length === 0) return 0;
  return change(services, await planRenaming(services.store, tags, undefined), vscode.l10n.t('Remove'));
}

/** Shows what would change, then does it with progress; what is done can be undone, also where it was cancelled. */
async function change(services: CommandServices, plan: RenamingPlan, yes: string): Promise<number> {
  if (plan.memories === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No memory has to change for that.'));
    return 0;
  }
  const question =
    plan.memories === 1
      ? vscode.l10n.t('Change the tags of 1 memory?')
      : vscode.l10n.t('Change the tags of {0} memories?', number(plan.memories));
  const detail = preview(plan);
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return 0;
  const { store, errors } = services;
  const done: TagChange[] = [];
  let failure: unknown;
  await withProgress(vscode.l10n.t('Changing tags'), async ({ signal, say }) => {
    try {
      for await (const changes of carryOut(store, plan, { signal })) {
        done.push(...changes);
        const so = vscode.l10n.t('{0} of {1} memories', number(done.length), number(plan.memories));
        say(so, done.length / plan.memories);
      }
    } catch (error) {
      failure = error;
    }
  });
  if (failure !== undefined && (done.length === 0 || !isCancellation(failure))) {
    errors.show('Tags could not be changed.', failure);
    if (done.length === 0) return 0;
  }
  const undo = (): Promise<unknown> => store.retag(done.map(undoOf));
  void offerUndo(errors, outcome(done.length, failure === undefined ? undefined : plan.memories), undo);
  return done.length;
}

const outcome = (done: number, planned: number | undefined): string => {
  if (planned !== undefined)
    return vscode.l10n.t(
      'Stopped: the tags of {0} of {1} memories were changed.',
      number(done),
      number(planned),
    );
  return done === 1
    ? vscode.l10n.t('Changed the tags of 1 memory.')
    : vscode.l10n.t('Changed the tags of {0} memories.', number(done));
};

const TAGS_SHOWN = 8;

/** What becomes of which tag, which ones merge, and some of the memories. */
function preview({ tags, examples }: RenamingPlan): string {
  const lines = tags.slice(0, TAGS_SHOWN).map(({ from, to, count, merges }) => {
    const name = oneLine(from, 60);
    if (to === undefined) return vscode.l10n.t('#{0} ({1}) is removed', name, number(count));
    return merges
      ? vscode.l10n.t(
          '#{0} ({1}) → #{2}, which exists: they become one',
          name,
          number(count),
          oneLine(to, 60),
        )
      : `#${name} (${number(count)}) → #${oneLine(to, 60)}`;
  });
  if (tags.length > TAGS_SHOWN)
    lines.push(vscode.l10n.t('… and {0} more tags', number(tags.length - TAGS_SHOWN)));
  const some = vscode.l10n.t('For example {0}', examples.slice(0, 3).map(quoted).join(', '));
  return [...lines, '', some, vscode.l10n.t('You can undo this.')].join('\n');
}

/** The tags of the rows or names given, else those that a person picks. */
async function targetTags(
  services: CommandServices,
  args: Args,
  title: string,
  several = false,
): Promise<string[]> {
  const [first, selected] = args;
  // A key binding says that the selection is meant.
  const key = (first as { readonly selection?: unknown } | null | undefined)?.selection === true;
  if (key) return services.explorer.view.selection.flatMap(tagIn);
  const rows = Array.isArray(selected) && selected.length > 1 ? selected : [first].flat();
  const given = [...new Set(rows.flatMap(tagIn))];
  if (given.length > 0) return given;
  const { items } = await services.store.facets('tags', { limit: 1000 });
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No memory has a tag yet.'));
    return [];
  }
  const rowsToPick = items.map(({ name, count }) => ({
    name,
    label: oneLine(name, 100),
    description: number(count),
  }));
  if (several) {
    const placeHolder = vscode.l10n.t('Tick the tags that shall become one');
    const picked = await vscode.window.showQuickPick(rowsToPick, { title, placeHolder, canPickMany: true });
    return picked?.map(({ name }) => name) ?? [];
  }
  const placeHolder = vscode.l10n.t('Which tag?');
  const one = await vscode.window.showQuickPick(rowsToPick, { title, placeHolder });
  return one === undefined ? [] : [one.name];
}

const tagIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  const name = (value as { readonly branch?: { readonly name?: unknown } } | null | undefined)?.branch?.name;
  return typeof name === 'string' ? [name] : [];
};

const nameIn = (value: unknown): string | undefined => {
  const to = (value as { readonly to?: unknown } | null | undefined)?.to;
  return typeof to === 'string' ? to : undefined;
};

/** Says while it is typed what is wrong with a name, or that the tag merges with another one. */
async function askName({ store }: CommandServices, tag: string): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Rename #{0}', oneLine(tag, 60)),
    prompt: vscode.l10n.t('Tags below it move along. Enter shows what would change.'),
    value: tag,
    valueSelection: [tag.lastIndexOf(':') + 1, tag.length],
    validateInput: async (text) => {
      try {
        const { tags } = await planRenaming(store, [tag], text);
        if (!tags.some(({ merges }) => merges)) return undefined;
        return {
          message: vscode.l10n.t('#{0} exists: the two tags become one.', oneLine(text, 60)),
          severity: vscode.InputBoxValidationSeverity.Info,
        };
      } catch (error) {
        if (MemoryError.is(error, 'invalid-input')) return describeError(error);
        throw error;
      }
    },
  });
}

/** One of the tags, or another name. */
function chooseTarget(tags: readonly string[]): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly name: string }>();
  const row = (name: string) => ({ name, label: oneLine(name, 100) });
  const known = tags.map(row);
  pick.title = vscode.l10n.t('Merge {0} tags into one', tags.length);
  pick.placeholder = vscode.l10n.t('Choose the tag that stays, or type a name');
  pick.items = known;
  pick.onDidChangeValue((value) => {
    const name = value.trim().toLowerCase();
    pick.items = name === '' || tags.includes(name) ? known : [...known, row(name)];
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.name);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
