import * as vscode from 'vscode';
import { oneLine } from './plainText.ts';
import type { Services } from './services.ts';
import { number } from './numbers.ts';

interface TagItem extends vscode.QuickPickItem {
  readonly tag: string;
}

export interface TagPickOptions {
  readonly title: string;
  readonly selected: readonly string[];
}

/** The known tags that a list offers; any other can be typed. */
const OFFERED = 1000;
/** Ticked tags that a list shows; a memory of another program may have thousands, and the others stay. */
const TICKED = 500;

/**
 * Known tags to tick and new ones to type, parted by commas; the title shows what Enter will make of it.
 * Undefined when cancelled.
 */
export async function pickTags(
  services: Services,
  options: TagPickOptions,
): Promise<readonly string[] | undefined> {
  const known = await services.store.facets('tags', { limit: OFFERED });
  const counts = new Map(known.items.map(({ name, count }) => [name, count]));
  const pick = vscode.window.createQuickPick<TagItem>();
  const item = (tag: string): TagItem => ({
    tag,
    label: oneLine(tag, 100),
    description: counts.get(tag)?.toLocaleString(vscode.env.language) ?? '',
  });
  const tick = (tags: readonly string[]): void => {
    const offered = new Map(pick.items.map((row) => [row.tag, row]));
    for (const tag of tags) if (!offered.has(tag)) offered.set(tag, item(tag));
    const ticked = new Set([...pick.selectedItems.map(({ tag }) => tag), ...tags]);
    pick.items = [...offered.values()];
    pick.selectedItems = pick.items.filter(({ tag }) => ticked.has(tag));
  };
  const listed = options.selected.slice(0, TICKED);
  const others = options.selected.slice(TICKED);
  const chosen = (): string[] => [
    ...new Set([...pick.selectedItems.map(({ tag }) => tag), ...others, ...typedTags(pick.value)]),
  ];
  const showChosen = (): void => {
    const tags = chosen();
    const shown = oneLine(tags.slice(0, 100).join(', '), 120);
    const more =
      others.length > 0
        ? vscode.l10n.t('{0} further tags are not listed and stay', number(others.length))
        : '';
    pick.title = [tags.length > 0 ? `${options.title}: ${shown}` : options.title, more]
      .filter(Boolean)
      .join(' · ');
  };

  pick.canSelectMany = true;
  pick.ignoreFocusOut = true;
  pick.placeholder = vscode.l10n.t('Tags, parted by commas; Enter to finish');
  const hidden = new Set(others);
  pick.items = [...new Set([...listed, ...counts.keys()])].filter((tag) => !hidden.has(tag)).map(item);
  tick(listed);
  showChosen();
  pick.onDidChangeValue((value) => {
    const comma = value.lastIndexOf(',');
    if (comma >= 0) {
      tick(typedTags(value.slice(0, comma)));
      pick.value = value.slice(comma + 1).trimStart();
    }
    showChosen();
  });
  pick.onDidChangeSelection((items) => {
    // What was typed only led to the row that is now ticked.
    const typed = pick.value.trim().toLowerCase();
    if (typed !== '' && items.some(({ tag }) => tag.includes(typed))) pick.value = '';
    showChosen();
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(chosen());
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** The store checks and normalises them for good. */
const typedTags = (text: string): string[] =>
  text
    .split(',')
    .map((tag) => tag.trim().toLowerCase())
    .filter((tag) => tag !== '');
