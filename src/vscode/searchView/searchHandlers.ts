import * as vscode from 'vscode';
import type { Facet } from '../../memory/memory.ts';
import type { CodeNote, SearchForm, SearchMethods } from '../../shared/searchProtocol.ts';
import { codeStatesOf, describeCodeState } from '../code/codeStates.ts';
import { runOffered } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Handlers } from '../webviews/webviewCalls.ts';
import type { RowActions } from './rowActions.ts';
import type { SavedSearches, SearchPlace } from './savedSearches.ts';
import { searchForm } from './search.ts';
import { pickSearch } from './searchHistory.ts';

/** Types and projects that a list offers. */
const CHOICES = 200;
const TAGS_OFFERED = 12;

export interface SearchOpening {
  readonly place: SearchPlace;
  /** Nothing was kept of it: it was not there before. */
  readonly isNew: boolean;
  /** What it is to show at first, once. */
  readonly waiting: () => SearchForm | undefined;
}

/** What answers the search webview. */
export function searchHandlers(
  services: Services,
  searches: SavedSearches,
  actions: Pick<RowActions, 'act'>,
  { place, isNew, waiting }: SearchOpening,
): Handlers<SearchMethods> {
  const { store, projects } = services;
  return {
    start() {
      const show = waiting();
      const kept = isNew ? undefined : searches.kept(place);
      const { last } = searches;
      return { ...(show && { show }), ...(kept && { kept }), ...(last && { last }) };
    },
    search: (request, signal) => searchForm(services, request, signal),
    async choices(_, signal) {
      const [types, named, current] = await Promise.all([
        store.facets('types', { limit: CHOICES }, { signal }),
        store.facets('projects', { limit: CHOICES }, { signal }),
        projects.current(),
      ]);
      return { types: types.items, projects: named.items, thisProject: current?.name };
    },
    async tags(text, signal): Promise<readonly Facet[]> {
      const prefix = text.trim().toLowerCase();
      return (await store.facets('tags', { prefix, limit: TAGS_OFFERED }, { signal })).items;
    },
    act: ({ action, hashes }) => actions.act(action, hashes),
    async codeNotes(hashes, signal) {
      const states = await codeStatesOf(projects, await store.get(hashes, { signal }));
      return [...states].flatMap(([hash, state]): CodeNote[] => {
        const what = describeCodeState(state);
        return what === undefined
          ? []
          : [{ hash, what, kind: state.kind === 'missing' ? 'missing' : 'changed' }];
      });
    },
    keep: (state) => searches.keep(place, state),
    used: (form) => searches.addRecent(form),
    history: (form) => pickSearch(searches, form),
    async storeMemory(draft) {
      await vscode.commands.executeCommand('edgeMemory.storeMemory', draft === '' ? undefined : { draft });
    },
    runOffered,
  };
}
