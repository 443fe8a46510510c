import * as vscode from 'vscode';
import type { SearchEvents, SearchForm, SearchMethods } from '../../shared/searchProtocol.ts';
import type { Services } from '../services.ts';
import { WebviewCalls } from '../webviews/webviewCalls.ts';
import { RowActions } from './rowActions.ts';
import { SavedSearches } from './savedSearches.ts';
import { searchHandlers } from './searchHandlers.ts';

/** Answers the calls of one search webview. `waiting` gives what it is to show at first, once. */
export function connectSearch(
  services: Services,
  webview: vscode.Webview,
  place: 'sidebar' | 'editor',
  waiting: () => SearchForm | undefined,
): WebviewCalls<SearchMethods, SearchEvents> {
  const column = place === 'editor' ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
  const searches = new SavedSearches(services.context);
  const handlers = searchHandlers(services, searches, new RowActions(services, column), waiting);
  return new WebviewCalls(webview, handlers, services.log);
}
