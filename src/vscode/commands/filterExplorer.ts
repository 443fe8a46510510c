import * as vscode from 'vscode';
import { MemoryError } from '../../memory/errors.ts';
import { parseTimeRange, type UnderstoodTime } from '../../memory/timeExpression.ts';
import { oneLine } from '../plainText.ts';
import type { TreeFilter } from '../explorer/treeOptions.ts';
import type { CommandServices } from './registerCommands.ts';
import { number } from '../numbers.ts';

const OFFERED = 500;

interface FilterItem extends vscode.QuickPickItem {
  /** In lower case, as what is typed is looked for; headings have none. */
  readonly name?: string;
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
            name: oneLine(name, 80).toLowerCase(),
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
  const former = now.timeText === undefined ? [] : [timeItem(now.timeText, timeIn(now.timeText))];
  pick.items = [...former, ...known];
  pick.selectedItems = pick.items.filter(({ filter }) => filter && isPart(filter, now));
  pick.onDidChangeValue((value) => {
    const text = value.trim();
    const understood = timeIn(text);
    const ticked = pick.selectedItems;
    // A time that was typed goes as typing goes on, unless it was ticked.
    const times = ticked.filter(isTime);
    const same = times.find(({ filter }) => filter?.timeText === text);
    const typed = understood === undefined ? undefined : (same ?? timeItem(text, understood));
    const items = [...new Set([...(typed === undefined ? [] : [typed]), ...times, ...known])];
    if (typed !== undefined || items.length !== pick.items.length) {
      pick.items = items;
      pick.selectedItems = ticked;
    }
    pick.activeItems = ledTo(text.toLowerCase(), typed, known);
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const { activeItems: active, selectedItems: ticked } = pick;
      const isTyped = pick.value.trim() !== '';
      // Typed and not ticked means the row that it led to; a time that is typed takes another's place.
      const isActive = isTyped && (ticked.length === 0 || (ticked.every(isTime) && active.some(isTime)));
      if (isActive && active.length === 0) return;
      resolve(united(isActive ? active : ticked));
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

const isTime = ({ filter }: FilterItem): boolean => filter?.timeText !== undefined;

/** What Enter means: where several rows can be ticked, VS Code makes none active. */
function ledTo(text: string, time: FilterItem | undefined, known: readonly FilterItem[]): FilterItem[] {
  if (text === '') return [];
  const row =
    known.find(({ name }) => name === text) ??
    time ??
    known.find(({ name }) => name?.startsWith(text)) ??
    known.find(({ name }) => name?.includes(text));
  return row === undefined ? [] : [row];
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

/** A memory has one type and, as a rule, one project: of several ticked ones the first counts. */
const united = (items: readonly FilterItem[]): TreeFilter => {
  const filters = items.map(({ filter = {} }) => filter);
  const tags = filters.flatMap((filter) => filter.tags ?? []);
  return {
    ...Object.assign({}, ...filters.toReversed()),
    tags: tags.length > 0 ? tags : undefined,
  } as TreeFilter;
};
