import * as vscode from 'vscode';
import { MemoryError } from '../../memory/errors.ts';
import { parseTimeRange, type UnderstoodTime } from '../../memory/timeExpression.ts';
import { oneLine } from '../plainText.ts';
import type { TreeFilter } from '../explorer/treeOptions.ts';
import type { CommandServices } from './registerCommands.ts';
import { number } from '../numbers.ts';

const OFFERED = 500;

interface FilterItem extends vscode.QuickPickItem {
  readonly filter?: TreeFilter;
}

/** Narrows the tree by tags, type, project and time; a call with a filter answers the question. */
export async function filterExplorer(services: CommandServices, given?: unknown): Promise<void> {
  const { options } = services.explorer.tree;
  const filter = isFilter(given) ? given : await askFilter(services, options.filter ?? {});
  if (filter !== undefined) await options.narrow(filter);
}

export const clearFilter = ({ explorer }: CommandServices): Promise<void> =>
  explorer.tree.options.narrow(undefined);

const isFilter = (value: unknown): value is TreeFilter =>
  typeof value === 'object' &&
  value !== null &&
  ['tags', 'memoryType', 'project', 'time', 'timeText'].some((key) => key in value);

async function askFilter({ store }: CommandServices, now: TreeFilter): Promise<TreeFilter | undefined> {
  const [tags, types, projects] = await Promise.all([
    store.facets('tags', { limit: OFFERED }),
    store.facets('types', { limit: OFFERED }),
    store.facets('projects', { limit: OFFERED }),
  ]);
  const group = (
    label: string,
    icon: string,
    names: readonly { readonly name: string; readonly count: number }[],
    filterOf: (name: string) => TreeFilter,
  ): FilterItem[] =>
    names.length === 0
      ? []
      : [
          { label, kind: vscode.QuickPickItemKind.Separator },
          ...names.map(({ name, count }) => ({
            label: `$(${icon}) ${oneLine(name, 80)}`,
            description: number(count),
            filter: filterOf(name),
          })),
        ];
  const known: readonly FilterItem[] = [
    ...group(vscode.l10n.t('Projects'), 'repo', projects.items, (project) => ({ project })),
    ...group(vscode.l10n.t('Types'), 'layers', types.items, (memoryType) => ({ memoryType })),
    ...group(vscode.l10n.t('Tags'), 'tag', tags.items, (tag) => ({ tags: [tag] })),
  ];
  const pick = vscode.window.createQuickPick<FilterItem>();
  pick.title = vscode.l10n.t('Filter Explorer');
  pick.placeholder = vscode.l10n.t('Tick what memories must have, or type a time such as “last week”');
  pick.canSelectMany = true;
  const times = now.timeText === undefined ? [] : [timeItem(now.timeText, timeIn(now.timeText))];
  pick.items = [...times, ...known];
  pick.selectedItems = pick.items.filter(({ filter }) => filter && isPart(filter, now));
  pick.onDidChangeValue((text) => {
    const understood = timeIn(text);
    if (understood === undefined) return;
    const ticked = pick.selectedItems.filter(({ filter }) => filter?.timeText === undefined);
    const item = timeItem(text.trim(), understood);
    pick.items = [item, ...known];
    pick.selectedItems = [item, ...ticked];
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      // Typed and not ticked means the row that it led to.
      const typed = pick.selectedItems.length === 0 && pick.value.trim() !== '';
      resolve(united(typed ? pick.activeItems : pick.selectedItems));
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

const timeItem = (timeText: string, time: UnderstoodTime | undefined): FilterItem => ({
  label: `$(calendar) ${oneLine(timeText, 60)}`,
  description: oneLine(time?.understood ?? '', 100),
  alwaysShow: true,
  filter: { timeText },
});

const timeIn = (text: string): UnderstoodTime | undefined => {
  try {
    return text.trim() === '' ? undefined : parseTimeRange(text);
  } catch (error) {
    if (MemoryError.is(error)) return undefined;
    throw error;
  }
};

const isPart = (one: TreeFilter, all: TreeFilter): boolean =>
  (one.tags ?? []).every((tag) => all.tags?.includes(tag)) &&
  (one.memoryType === undefined || one.memoryType === all.memoryType) &&
  (one.project === undefined || one.project === all.project) &&
  (one.timeText === undefined || one.timeText === all.timeText);

/** A memory has one type and, as a rule, one project: of several ticked ones the last counts. */
const united = (items: readonly FilterItem[]): TreeFilter => {
  const filters = items.map(({ filter = {} }) => filter);
  const tags = filters.flatMap((filter) => filter.tags ?? []);
  return { ...Object.assign({}, ...filters), tags: tags.length > 0 ? tags : undefined } as TreeFilter;
};
