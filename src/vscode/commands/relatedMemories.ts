import * as vscode from 'vscode';
import type { Memory, SearchQuery } from '../../memory/memory.ts';
import { codeStatesOf } from '../code/codeStates.ts';
import { memoriesOfFile } from '../code/fileMemories.ts';
import { symbolsOf } from '../code/symbols.ts';
import { openMemory } from '../documents/memoryDocuments.ts';
import { describeError } from '../errors.ts';
import { oneLine } from '../plainText.ts';
import {
  commandOf,
  heading,
  hitItem,
  isMemoryItem,
  memoryItem,
  notice,
  type SearchItem,
  withCodeState,
} from '../search/searchItems.ts';
import type { CommandServices } from './registerCommands.ts';

/** Of a file's symbols, how many are asked about. */
const SYMBOLS = 20;
const CONTENT_LIMIT = 600;
/** Characters of a memory that stand for what it is about. */
const ASKED = 500;

/** The memories that refer to the open file, and those that are about the same things. */
export async function relatedMemories(services: CommandServices, given?: unknown): Promise<void> {
  const file = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  if (file === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a file first.'));
    return;
  }
  const pick = vscode.window.createQuickPick<SearchItem>();
  pick.title = vscode.l10n.t('Related Memories');
  pick.placeholder = oneLine(vscode.workspace.asRelativePath(file), 100);
  pick.matchOnDescription = true;
  pick.busy = true;
  const refresh = async (): Promise<void> => {
    pick.items = await itemsFor(services, file).catch((error: unknown) => [
      notice('error', vscode.l10n.t('Related memories could not be read'), describeError(error)),
    ]);
    pick.busy = false;
  };
  const changes = services.events.onDidChange(() => void refresh());
  pick.onDidTriggerItemButton(({ item, button }) => {
    const command = commandOf(button);
    if (isMemoryItem(item) && command !== undefined)
      void vscode.commands.executeCommand(command, item.memory.contentHash);
  });
  pick.onDidAccept(() => {
    const [item] = pick.activeItems;
    pick.hide();
    if (item && isMemoryItem(item)) void openWhole(services, item.memory);
    else item?.run?.();
  });
  pick.onDidHide(() => {
    changes.dispose();
    pick.dispose();
  });
  pick.show();
  await refresh();
}

const openWhole = (services: CommandServices, memory: Memory): Promise<unknown> =>
  openMemory(services, memory).catch((error: unknown) =>
    services.errors.show('A memory was not shown.', error),
  );

async function itemsFor(services: CommandServices, file: vscode.Uri): Promise<SearchItem[]> {
  const { store, projects, settings, documents } = services;
  const [own, about, project] = await Promise.all([
    memoriesOfFile(services, file),
    aboutFile(services, file),
    projects.of(file),
  ]);
  const { hits } = await store.search({
    ...about,
    limit: settings.searchLimit,
    preferProject: project?.name,
    contentLimit: CONTENT_LIMIT,
  });
  const known = new Set([documents.hashOf(file), ...own.map(({ contentHash }) => contentHash)]);
  const others = hits.filter(({ memory }) => !known.has(memory.contentHash));
  const states = await codeStatesOf(projects, [...own, ...others.map(({ memory }) => memory)]);
  const items = [
    ...(own.length > 0
      ? [heading(vscode.l10n.t('About this file')), ...own.map((memory) => memoryItem(memory))]
      : []),
    ...(others.length > 0 ? [heading(vscode.l10n.t('Related')), ...others.map(hitItem)] : []),
  ];
  if (items.length > 0) return items.map((item) => withCodeState(item, states));
  return [
    notice(
      'info',
      vscode.l10n.t('Nothing is remembered about this file'),
      vscode.l10n.t('Select lines of it and choose Store Selection'),
    ),
  ];
}

/** What a file is about: its name and its symbols; of a memory, how it begins. */
async function aboutFile(
  { documents }: CommandServices,
  file: vscode.Uri,
): Promise<Pick<SearchQuery, 'query' | 'about'>> {
  const memory = await documents.memoryOf(file);
  if (memory) return { query: memory.content.slice(0, ASKED), about: memory };
  const names = (await symbolsOf(file)).slice(0, SYMBOLS).map(({ name }) => name);
  const fileName = file.path.slice(file.path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return { query: [fileName, ...names].map(words).join(' ') };
}

/** `readTextFile` is found by `read text file` too. */
const words = (name: string): string => name.replace(/(?<=[a-z\d])(?=[A-Z])|[_.-]+/g, ' ');
