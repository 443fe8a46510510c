import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { databaseIn } from '../local/paths.ts';
import { WorkerStore } from '../local/workerStore.ts';
import { ActiveStore } from './activeStore.ts';
import { Connection } from './connect/connection.ts';
import { MemoryFiles } from './documents/memoryFiles.ts';
import { ErrorReporter } from './errors.ts';
import { Latencies, timed } from './latencies.ts';
import { LastDeletion } from './lastDeletion.ts';
import { LastEditor } from './lastEditor.ts';
import { Projects } from './projects.ts';
import { Settings } from './settings.ts';
import { StoreEvents } from './storeEvents.ts';

/** What the contributions share. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly settings: Settings;
  /** Opens with its first call: in a worker thread, or at Cloudflare. */
  readonly store: ActiveStore;
  readonly connection: Connection;
  readonly events: StoreEvents;
  readonly errors: ErrorReporter;
  readonly projects: Projects;
  /** Memories as documents. */
  readonly documents: MemoryFiles;
  readonly latencies: Latencies;
  readonly lastEditor: LastEditor;
  readonly lastDeletion: LastDeletion;
}

export function createServices(context: vscode.ExtensionContext): Services & { dispose(): void } {
  const log = vscode.window.createOutputChannel('Edge Memory', { log: true });
  const settings = new Settings();
  const inDist = (name: string): string => context.asAbsolutePath(`dist/${name}`);
  const embedded = new WorkerStore({
    storeWorker: pathToFileURL(inDist('storeWorker.js')),
    embedderWorker: pathToFileURL(inDist('embedderWorker.js')),
    weightsDirectory: inDist('use-lite'),
    database: databaseIn(settings.dataFolder),
  });
  const connection = new Connection(context, settings, log);
  const errors = new ErrorReporter(log);
  const latencies = new Latencies();
  const active = new ActiveStore({
    embedded,
    openConnected: () => connection.open(),
    onRefused: (error) => errors.show('A change waits for another token.', error),
  });
  const store = timed(active, latencies);
  connection.onDidChange(() => store.reopen());
  const events = new StoreEvents(store, log);
  const projects = new Projects();
  const documents = new MemoryFiles({
    store,
    projects,
    state: context.workspaceState,
    tagWithProject: () => settings.tagWithProject,
  });
  const lastEditor = new LastEditor();
  return {
    context,
    log,
    settings,
    store,
    connection,
    events,
    errors,
    projects,
    latencies,
    documents,
    lastEditor,
    lastDeletion: new LastDeletion(),
    dispose: () => {
      documents.dispose();
      events.dispose();
      lastEditor.dispose();
      connection.dispose();
      void store.close();
      log.dispose();
    },
  };
}
