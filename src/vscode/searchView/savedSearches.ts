import type * as vscode from 'vscode';
import type { SearchForm, SearchState } from '../../shared/searchProtocol.ts';
import { isBlank } from './search.ts';
import { formOf, sameForm } from './searchForm.ts';

export interface SavedSearch {
  readonly name: string;
  readonly form: SearchForm;
}

export type SearchPlace = 'sidebar' | 'editor';

const STATE = 'search.state';
const RECENT = 'search.recent';
const SAVED = 'search.saved';
const RECENT_LIMIT = 20;

/** What was searched before: what the views of this workspace showed, recent searches and named ones of all workspaces. */
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

  /** What the view of that place showed last in this workspace; of several editor tabs the one that changed last. */
  kept(place: SearchPlace): SearchState | undefined {
    const state = this.#workspace.get<SearchState>(`${STATE}.${place}`);
    return state && { ...state, form: formOf(state.form) };
  }

  async keep(place: SearchPlace, state: SearchState): Promise<void> {
    await this.#workspace.update(`${STATE}.${place}`, state);
  }

  /** What was last filled in, in whichever view. */
  get last(): SearchForm | undefined {
    const [newest] = [this.kept('sidebar'), this.kept('editor')]
      .filter((state) => state !== undefined)
      .sort((a, b) => b.at - a.at);
    return newest?.form;
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
