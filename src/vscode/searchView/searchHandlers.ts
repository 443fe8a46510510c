import * as vscode from 'vscode';
import type { Facet } from '../../memory/memory.ts';
import type { SearchForm, SearchMethods } from '../../shared/searchProtocol.ts';
import { runOffered } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Handlers } from '../webviews/webviewCalls.ts';
import type { RowActions } from './rowActions.ts';
import type { SavedSearches } from './savedSearches.ts';
import { searchForm } from './search.ts';
import { pickSearch } from './searchHistory.ts';

/** Types and projects that a list offers. */
const CHOICES = 200;
const TAGS_OFFERED = 12;

/** What answers the search webview. */
export function searchHandlers(
  services: Services,
  searches: SavedSearches,
  actions: Pick<RowActions, 'act'>,
  waiting: () => SearchForm | undefined,
): Handlers<SearchMethods> {
  const { store, projects } = services;
  return {
    start() {
      const [show, last] = [waiting(), searches.last];
      return { ...(show && { show }), ...(last && { last }) };
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
    keep: (form) => searches.keepLast(form),
    used: (form) => searches.addRecent(form),
    history: (form) => pickSearch(searches, form),
    async storeMemory(draft) {
      await vscode.commands.executeCommand('edgeMemory.storeMemory', draft === '' ? undefined : { draft });
    },
    runOffered,
  };
}
