import * as vscode from 'vscode';
import type { SearchEvents, SearchMethods } from '../../shared/searchProtocol.ts';
import type { Services } from '../services.ts';
import { WebviewCalls } from '../webviews/webviewCalls.ts';
import { RowActions } from './rowActions.ts';
import { SavedSearches } from './savedSearches.ts';
import { searchHandlers, type SearchOpening } from './searchHandlers.ts';

/** Answers the calls of one search webview. */
export function connectSearch(
  services: Services,
  webview: vscode.Webview,
  opening: SearchOpening,
): WebviewCalls<SearchMethods, SearchEvents> {
  const column = opening.place === 'editor' ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
  const searches = new SavedSearches(services.context);
  const handlers = searchHandlers(services, searches, new RowActions(services, column), opening);
  return new WebviewCalls(webview, handlers, services.log);
}
