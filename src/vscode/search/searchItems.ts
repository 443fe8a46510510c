import * as vscode from 'vscode';
import type { CodeState } from '../../memory/codeDrift.ts';
import type { Memory, SearchHit } from '../../memory/memory.ts';
import { describeCodeState } from '../code/codeStates.ts';
import { labelOf, summary } from '../memoryText.ts';
import { inert, oneLine } from '../plainText.ts';

/** A button of a row runs a command on its memory. */
interface CommandButton extends vscode.QuickInputButton {
  readonly command: string;
}

/** A memory that can be chosen. */
export interface MemoryItem extends vscode.QuickPickItem {
  readonly memory: Memory;
  readonly buttons: readonly CommandButton[];
}

/** A row that says something, and does something when it is chosen. */
export interface NoticeItem extends vscode.QuickPickItem {
  readonly run?: (() => unknown) | undefined;
}

export type SearchItem = MemoryItem | NoticeItem;

export const isMemoryItem = (item: vscode.QuickPickItem): item is MemoryItem => 'memory' in item;

export const commandOf = (button: vscode.QuickInputButton): string | undefined =>
  (button as Partial<CommandButton>).command;

/** VS Code filters and sorts by itself unless each row says that it is always shown. */
export const memoryItem = (memory: Memory, detail?: string): MemoryItem => ({
  label: `${memory.pinned ? '$(pinned) ' : ''}${labelOf(memory)}`,
  description: summary(memory, true),
  ...(detail === undefined ? {} : { detail }),
  alwaysShow: true,
  buttons: memory.deletedAt === undefined ? buttons(memory.pinned) : [],
  memory,
});

/** Score, why it matched, and the words around the match where they say more than the label. */
export function hitItem({ memory, score, match, snippet }: SearchHit): MemoryItem {
  const excerpt = oneLine(snippet.text, 160);
  const parts = [
    vscode.l10n.t('{0} %', Math.round(score * 100)),
    matchReason(match),
    ...(labelOf(memory).startsWith(excerpt) ? [] : [`${snippet.truncatedBefore ? '…' : ''}${excerpt}`]),
  ];
  return memoryItem(memory, parts.join(' · '));
}

/** The row, saying so where the code that its memory came from is not what it was, with what can be done about it. */
export function withCodeState(item: SearchItem, states: ReadonlyMap<string, CodeState>): SearchItem {
  if (!isMemoryItem(item)) return item;
  const state = states.get(item.memory.contentHash);
  const what = describeCodeState(state);
  if (what === undefined) return item;
  const here = [
    button('updateFromCode', 'sync', vscode.l10n.t('Update from Code')),
    button('stillTrue', 'check', vscode.l10n.t('Still True')),
  ];
  return {
    ...item,
    description: `$(warning) ${what} · ${item.description ?? ''}`,
    buttons: [...(state?.kind === 'changed' ? here : []), ...item.buttons],
  };
}

export const notice = (icon: string, label: string, detail: string, run?: () => unknown): NoticeItem => ({
  label: `$(${icon}) ${inert(label)}`,
  detail: inert(detail),
  alwaysShow: true,
  run,
});

export const heading = (label: string): NoticeItem => ({ label, kind: vscode.QuickPickItemKind.Separator });

const buttons = (pinned: boolean): CommandButton[] => [
  button('copyMemory', 'copy', vscode.l10n.t('Copy')),
  button('insertMemory', 'insert', vscode.l10n.t('Insert at Cursor')),
  pinned
    ? button('unpinMemory', 'pinned', vscode.l10n.t('Unpin'))
    : button('pinMemory', 'pin', vscode.l10n.t('Pin')),
  button('deleteMemory', 'trash', vscode.l10n.t('Delete')),
];

const button = (command: string, icon: string, tooltip: string): CommandButton => ({
  command: `edgeMemory.${command}`,
  iconPath: new vscode.ThemeIcon(icon),
  tooltip,
});

export function matchReason(match: SearchHit['match']): string {
  switch (match) {
    case 'keyword':
      return vscode.l10n.t('keyword');
    case 'meaning':
      return vscode.l10n.t('meaning');
    case 'both':
      return vscode.l10n.t('keyword and meaning');
    case 'exact':
      return vscode.l10n.t('exact text');
  }
}
