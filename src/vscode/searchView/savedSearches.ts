import type * as vscode from 'vscode';
import type { SearchForm } from '../../shared/searchProtocol.ts';
import { isBlank } from './search.ts';
import { formOf, sameForm } from './searchForm.ts';

export interface SavedSearch {
  readonly name: string;
  readonly form: SearchForm;
}

const LAST = 'search.lastForm';
const RECENT = 'search.recent';
const SAVED = 'search.saved';
const RECENT_LIMIT = 20;

/** What was searched before: the last form of this workspace, recent searches and named ones of all workspaces. */
export class SavedSearches {
  readonly #workspace: vscode.Memento;
  readonly #everywhere: vscode.Memento;

  constructor({
    workspaceState,
    globalState,
  }: Pick<vscode.ExtensionContext, 'workspaceState' | 'globalState'>) {
    this.#workspace = workspaceState;
    this.#everywhere = globalState;
  }

  get last(): SearchForm | undefined {
    const form = this.#workspace.get<unknown>(LAST);
    return form === undefined ? undefined : formOf(form);
  }

  async keepLast(form: SearchForm): Promise<void> {
    await this.#workspace.update(LAST, form);
  }

  /** Latest first. */
  get recent(): readonly SearchForm[] {
    return this.#everywhere.get<readonly unknown[]>(RECENT, []).map(formOf);
  }

  /** A blank form is none; one that was there moves to the front. */
  async addRecent(form: SearchForm): Promise<void> {
    if (isBlank(form)) return;
    const others = this.recent.filter((other) => !sameForm(other, form));
    await this.#everywhere.update(RECENT, [form, ...others].slice(0, RECENT_LIMIT));
  }

  async removeRecent(form: SearchForm): Promise<void> {
    await this.#everywhere.update(
      RECENT,
      this.recent.filter((other) => !sameForm(other, form)),
    );
  }

  /** By name. */
  get saved(): readonly SavedSearch[] {
    return this.#everywhere
      .get<readonly SavedSearch[]>(SAVED, [])
      .map(({ name, form }) => ({ name, form: formOf(form) }));
  }

  /** One name holds one search: a later one replaces it. */
  async save(search: SavedSearch): Promise<void> {
    const others = this.saved.filter(({ name }) => name !== search.name);
    await this.#everywhere.update(
      SAVED,
      [...others, search].sort((a, b) => a.name.localeCompare(b.name)),
    );
  }

  async removeSaved(name: string): Promise<void> {
    await this.#everywhere.update(
      SAVED,
      this.saved.filter((search) => search.name !== name),
    );
  }
}
