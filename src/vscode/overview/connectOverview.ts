import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { databaseIn } from '../../local/paths.ts';
import type { OverviewEvents, OverviewMethods } from '../../shared/overviewProtocol.ts';
import type { Services } from '../services.ts';
import { WebviewCalls } from '../webviews/webviewCalls.ts';
import { MemoryMap } from './memoryMap.ts';
import { overviewHandlers } from './overviewHandlers.ts';

/** Answers the calls of the overview, and tells it of changes while it is in sight. */
export function connectOverview(services: Services, panel: vscode.WebviewPanel): vscode.Disposable {
  const { context, connection, settings, store, events, log } = services;
  const map = new MemoryMap({
    store,
    file: () => mapFile(settings.dataFolder, connection.target?.database.id),
    worker: pathToFileURL(context.asAbsolutePath('dist/mapWorker.js')),
  });
  const calls = new WebviewCalls<OverviewMethods, OverviewEvents>(
    panel.webview,
    overviewHandlers(services, map, (event) =>
      event.kind === 'quick' ? calls.send('quick', event.positions) : calls.send('progress', event.done),
    ),
    log,
  );
  return vscode.Disposable.from(
    calls,
    map,
    events.onDidChange(() => {
      if (panel.visible) calls.send('changed', null);
    }),
    events.onDidEmbed(({ embedded, pending }) => {
      if (panel.visible) calls.send('embedding', { embedded, pending });
    }),
    panel.onDidChangeViewState(() => {
      // A hidden page is gone, and asks for everything when it is back.
      if (!panel.visible) map.release();
    }),
  );
}

/** Beside the database; of a connected store by its own name. */
const mapFile = (folder: string, database: string | undefined): string =>
  database === undefined
    ? `${databaseIn(folder)}.map.json`
    : path.join(folder, `${database.replaceAll(/[^\w-]/g, '')}.map.json`);
