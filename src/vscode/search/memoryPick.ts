import * as vscode from 'vscode';
import type { EffectiveMode, Memory, MemoryFilter } from '../../memory/memory.ts';
import { codeStatesOf } from '../code/codeStates.ts';
import { describeMode } from '../effectiveMode.ts';
import { describeError, isCancellation } from '../errors.ts';
import { oneLine } from '../plainText.ts';
import type { Services } from '../services.ts';
import {
  commandOf,
  heading,
  hitItem,
  isMemoryItem,
  memoryItem,
  notice,
  type SearchItem,
  withCodeState,
} from './searchItems.ts';

/** Typing pauses this long before it is searched. */
const DEBOUNCE = 80;
/** Characters of a memory that a row can show. */
const CONTENT_LIMIT = 400;
const LAST_QUERY = 'lastQuery';

export interface MemoryPickOptions {
  /** What the memory is picked for; a plain search remembers its query, a pick for another command does not. */
  readonly title?: string | undefined;
  readonly query?: string | undefined;
  readonly filter?: MemoryFilter | undefined;
}

/** Lets a person search as they type; resolves with the memory chosen, or undefined when they leave. */
export const pickMemory = (services: Services, options: MemoryPickOptions): Promise<Memory | undefined> =>
  new MemoryPick(services, options).result;

class MemoryPick {
  readonly result: Promise<Memory | undefined>;
  readonly #services: Services;
  readonly #options: MemoryPickOptions;
  readonly #pick = vscode.window.createQuickPick<SearchItem>();
  #running = new AbortController();
  /** What the rows in sight answer. */
  #answered: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(services: Services, options: MemoryPickOptions) {
    this.#services = services;
    this.#options = options;
    const pick = this.#pick;
    // VS Code's own order would put what matches by its first letters first. It knows this property; its typings don't.
    (pick as { sortByLabel?: boolean }).sortByLabel = false;
    pick.title = options.title ?? vscode.l10n.t('Search Memories');
    pick.placeholder = vscode.l10n.t('Search by words or by meaning');
    pick.value = options.query ?? this.#lastQuery() ?? '';
    const changes = vscode.Disposable.from(
      pick.onDidChangeValue(() => this.#searchSoon()),
      services.events.onDidChange(() => void this.#search()),
      pick.onDidTriggerItemButton(({ item, button }) => void this.#act(item, button)),
    );
    this.result = new Promise((resolve) => {
      pick.onDidAccept(async () => {
        const item = await this.#chosen();
        if (!item || (!isMemoryItem(item) && !item.run)) return;
        if (isMemoryItem(item)) resolve(item.memory);
        pick.hide();
        if (!isMemoryItem(item)) item.run?.();
      });
      pick.onDidHide(() => {
        resolve(undefined);
        this.#rememberQuery();
        clearTimeout(this.#timer);
        this.#running.abort();
        changes.dispose();
        pick.dispose();
      });
    });
    pick.show();
    void this.#search();
  }

  #searchSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#search(), DEBOUNCE);
  }

  /** An answer that comes after a newer question is dropped. */
  async #search(): Promise<void> {
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    const query = this.#query;
    this.#pick.busy = true;
    const items = await this.#items(query, signal).catch((error: unknown) => this.#failed(error));
    if (signal.aborted) return;
    this.#pick.busy = false;
    this.#show(query, items);
    void this.#addCodeStates(query, items, signal);
  }

  /** The files are looked at once the rows are there: nobody waits for them. */
  async #addCodeStates(query: string, items: readonly SearchItem[], signal: AbortSignal): Promise<void> {
    const memories = items.filter(isMemoryItem).map(({ memory }) => memory);
    const states = await codeStatesOf(this.#services.projects, memories);
    if (signal.aborted || query !== this.#answered) return;
    this.#show(
      query,
      items.map((item) => withCodeState(item, states)),
    );
  }

  get #query(): string {
    return this.#pick.value.trim();
  }

  /** Enter may come before the answer to what was just typed: then it means the best match. */
  async #chosen(): Promise<SearchItem | undefined> {
    if (this.#query === this.#answered) return this.#pick.activeItems[0];
    clearTimeout(this.#timer);
    await this.#search();
    return this.#query === this.#answered ? this.#pick.items.find(isChoice) : undefined;
  }

  #items(query: string, signal: AbortSignal): Promise<SearchItem[]> {
    return query === '' ? this.#recent(signal) : this.#found(query, signal);
  }

  async #recent(signal: AbortSignal): Promise<SearchItem[]> {
    const { store, settings } = this.#services;
    const { filter } = this.#options;
    const page = await store.list(
      { filter, limit: settings.searchLimit, contentLimit: CONTENT_LIMIT },
      { signal },
    );
    if (page.items.length === 0) return [this.#nothingStored()];
    return [heading(vscode.l10n.t('Recent')), ...page.items.map((memory) => memoryItem(memory))];
  }

  async #found(query: string, signal: AbortSignal): Promise<SearchItem[]> {
    const { store, settings, projects } = this.#services;
    const { filter } = this.#options;
    const project = await projects.current();
    const { hits, mode } = await store.search(
      {
        query,
        mode: settings.searchMode,
        limit: settings.searchLimit,
        filter,
        preferProject: project?.name,
        contentLimit: CONTENT_LIMIT,
      },
      { signal },
    );
    if (!signal.aborted) this.#showMode(mode);
    if (hits.length > 0) {
      this.#services.events.found();
      return hits.map(hitItem);
    }
    const empty = (await store.list({ filter, limit: 1, contentLimit: 0 }, { signal })).items.length === 0;
    return [empty ? this.#nothingStored() : this.#noMatch(query)];
  }

  #showMode(mode: EffectiveMode): void {
    const title = this.#options.title ?? vscode.l10n.t('Search Memories');
    this.#pick.title = `${title} · ${oneLine(describeMode(mode), 120)}`;
  }

  /** Rows that say the same are left alone, so that nothing moves under a pointer; after a change the active one stays. */
  #show(query: string, items: readonly SearchItem[]): void {
    const again = query === this.#answered;
    this.#answered = query;
    if (items.map(textOf).join() === this.#pick.items.map(textOf).join()) return;
    const active = this.#pick.activeItems.find(isMemoryItem)?.memory.contentHash;
    this.#pick.keepScrollPosition = again;
    this.#pick.items = items;
    const same = items.find((item) => again && isMemoryItem(item) && item.memory.contentHash === active);
    if (same) this.#pick.activeItems = [same];
  }

  #failed(error: unknown): SearchItem[] {
    if (isCancellation(error)) return [];
    this.#services.log.error('The search failed.', error instanceof Error ? error : String(error));
    return [
      notice('error', vscode.l10n.t('The search failed'), describeError(error), () =>
        vscode.commands.executeCommand('edgeMemory.showLog'),
      ),
    ];
  }

  #nothingStored(): SearchItem {
    const { filter } = this.#options;
    if (filter?.state === 'deleted') return notice('info', vscode.l10n.t('Nothing is deleted'), '');
    return filter !== undefined
      ? notice('info', vscode.l10n.t('There is none to choose'), '')
      : notice(
          'add',
          vscode.l10n.t('Nothing is remembered yet'),
          vscode.l10n.t('Press Enter to store a first memory'),
          () => vscode.commands.executeCommand('edgeMemory.storeMemory'),
        );
  }

  #noMatch(query: string): SearchItem {
    return notice(
      'add',
      vscode.l10n.t('Nothing matches “{0}”', oneLine(query, 60)),
      vscode.l10n.t('Try fewer or other words, or press Enter to store this as a memory'),
      () => vscode.commands.executeCommand('edgeMemory.storeMemory', { draft: query }),
    );
  }

  /** A dialog would close the pick, so it stays open while the command runs, and shows what came of it. */
  async #act(item: SearchItem, button: vscode.QuickInputButton): Promise<void> {
    const command = commandOf(button);
    if (!isMemoryItem(item) || command === undefined) return;
    this.#pick.ignoreFocusOut = true;
    await vscode.commands.executeCommand(command, item.memory.contentHash);
    this.#pick.ignoreFocusOut = false;
  }

  #lastQuery(): string | undefined {
    return this.#options.title === undefined
      ? this.#services.context.workspaceState.get<string>(LAST_QUERY)
      : undefined;
  }

  #rememberQuery(): void {
    if (this.#options.title === undefined)
      void this.#services.context.workspaceState.update(LAST_QUERY, this.#pick.value.trim() || undefined);
  }
}

const isChoice = (item: SearchItem): boolean => item.kind !== vscode.QuickPickItemKind.Separator;

const textOf = (item: SearchItem): string =>
  JSON.stringify([item.label, item.description, item.detail, isMemoryItem(item) && item.memory.contentHash]);
