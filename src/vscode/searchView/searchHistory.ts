import * as vscode from 'vscode';
import type { SearchForm } from '../../shared/searchProtocol.ts';
import { oneLine } from '../plainText.ts';
import type { SavedSearches } from './savedSearches.ts';
import { isBlank } from './search.ts';

interface HistoryItem extends vscode.QuickPickItem {
  readonly form?: SearchForm;
  readonly remove?: () => Promise<void>;
  readonly save?: boolean;
}

/** Lets a person choose a saved or recent search, remove one, or save the present one under a name. */
export async function pickSearch(
  searches: SavedSearches,
  present: SearchForm,
): Promise<SearchForm | undefined> {
  const pick = vscode.window.createQuickPick<HistoryItem>();
  pick.title = vscode.l10n.t('Recent and Saved Searches');
  pick.placeholder = vscode.l10n.t('Choose a search');
  pick.matchOnDescription = true;
  pick.items = itemsOf(searches, present);
  pick.onDidTriggerItemButton(async ({ item }) => {
    await item.remove?.();
    pick.items = itemsOf(searches, present);
  });
  const chosen = await new Promise<HistoryItem | undefined>((resolve) => {
    pick.onDidAccept(() => {
      const [item] = pick.activeItems;
      if (item?.form === undefined && item?.save !== true) return;
      resolve(item);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
  if (chosen?.save === true) await saveSearch(searches, present);
  return chosen?.form;
}

async function saveSearch(searches: SavedSearches, form: SearchForm): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Save Search'),
    prompt: vscode.l10n.t('A name for this search. A name that is in use gets this search.'),
    value: titleOf(form),
    ignoreFocusOut: true,
    validateInput: (value) =>
      value.trim() === '' ? vscode.l10n.t('Type a name, or press Escape.') : undefined,
  });
  if (name !== undefined) await searches.save({ name: name.trim(), form });
}

function itemsOf(searches: SavedSearches, present: SearchForm): HistoryItem[] {
  const saved = searches.saved.map(({ name, form }): HistoryItem => ({
    label: oneLine(name, 80),
    description: name === titleOf(form) ? filterText(form) : oneLine(titleOf(form), 60),
    form,
    buttons: [removeButton()],
    remove: () => searches.removeSaved(name),
  }));
  const recent = searches.recent.map((form): HistoryItem => ({
    label: titleOf(form),
    description: filterText(form),
    form,
    buttons: [removeButton()],
    remove: () => searches.removeRecent(form),
  }));
  const none: HistoryItem = { label: vscode.l10n.t('Nothing was searched yet'), alwaysShow: true };
  return [
    ...(isBlank(present)
      ? []
      : [{ label: `$(save) ${vscode.l10n.t('Save This Search…')}`, alwaysShow: true, save: true }]),
    ...(saved.length > 0 ? [heading(vscode.l10n.t('Saved'))] : []),
    ...saved,
    ...(recent.length > 0 ? [heading(vscode.l10n.t('Recent'))] : []),
    ...recent,
    ...(saved.length + recent.length === 0 ? [none] : []),
  ];
}

const heading = (label: string): HistoryItem => ({ label, kind: vscode.QuickPickItemKind.Separator });

const removeButton = (): vscode.QuickInputButton => ({
  iconPath: new vscode.ThemeIcon('close'),
  tooltip: vscode.l10n.t('Remove'),
});

function titleOf(form: SearchForm): string {
  if (form.similarTo !== undefined)
    return vscode.l10n.t('Similar to “{0}”', oneLine(form.similarTo.label, 50));
  return form.query.trim() === '' ? filterText(form) : oneLine(form.query, 80);
}

function filterText({ tags, type, scope, project, time, from, to }: SearchForm): string {
  const days = [from, to].filter((day) => day !== '').join(' – ');
  const parts = [
    ...tags.map((tag) => `#${tag}`),
    type,
    scope === 'one' ? project : scope === 'this' ? vscode.l10n.t('this project') : '',
    time.trim() === '' ? days : time.trim(),
  ];
  return oneLine(parts.filter((part) => part !== '').join(' · '), 80);
}
