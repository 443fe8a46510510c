import * as vscode from 'vscode';
import { EMPTY_FORM, type SearchEvents, type SearchForm } from '../../shared/searchProtocol.ts';
import { SCHEME } from '../documents/memoryUri.ts';
import type { Services } from '../services.ts';
import type { SearchOpening } from './searchHandlers.ts';
import { webviewHtml, webviewRoot } from '../webviews/webviewPage.ts';

const VIEW = 'edgeMemory.search';
const PANEL = 'edgeMemory.searchEditor';

/** A search that is on the screen. */
interface OpenSearch {
  readonly place: SearchOpening['place'];
  readonly isVisible: () => boolean;
  readonly reveal: () => unknown;
  readonly end: () => void;
  readonly send: <Name extends keyof SearchEvents>(event: Name, detail: SearchEvents[Name]) => void;
}

/** Search in the sidebar and in editor tabs. Its code is loaded with the first one that is looked at. */
export class SearchViews implements vscode.Disposable {
  readonly #services: Services;
  readonly #open = new Set<OpenSearch>();
  readonly #registrations: vscode.Disposable;
  /** What the next search that opens is to show. */
  #waiting: SearchForm | undefined;

  constructor(services: Services) {
    this.#services = services;
    this.#registrations = vscode.Disposable.from(
      vscode.window.registerWebviewViewProvider(VIEW, {
        resolveWebviewView: (view) => this.#resolveView(view),
      }),
      vscode.window.registerWebviewPanelSerializer(PANEL, {
        deserializeWebviewPanel: (panel) => this.#resolvePanel(panel, false),
      }),
      services.events.onDidChange(() => this.#tell('changed')),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (uri.scheme !== SCHEME) this.#tell('filesChanged');
      }),
      vscode.workspace.onDidDeleteFiles(() => this.#tell('filesChanged')),
      vscode.workspace.onDidRenameFiles(() => this.#tell('filesChanged')),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.#tell('filesChanged');
      }),
    );
  }

  /** Shows the form in the editor tab that is in sight, else in the sidebar. */
  async show(form: SearchForm): Promise<void> {
    const inSight = [...this.#open].filter((search) => search.isVisible());
    const visible = inSight.find(({ place }) => place === 'editor') ?? inSight[0];
    if (visible !== undefined) {
      visible.reveal();
      visible.send('show', form);
      return;
    }
    this.#waiting = form;
    await this.focus();
  }

  async focus(): Promise<void> {
    await vscode.commands.executeCommand(`${VIEW}.focus`);
    for (const search of this.#open) if (search.isVisible()) search.send('focusField', null);
  }

  /** Similar memories need no more than the memory to compare with. */
  showSimilar(hash: string, label: string): Promise<void> {
    return this.show({ ...EMPTY_FORM, similarTo: { hash, label } });
  }

  async openInEditor(): Promise<void> {
    const panel = vscode.window.createWebviewPanel(
      PANEL,
      vscode.l10n.t('Search Memories'),
      vscode.ViewColumn.Active,
    );
    await this.#resolvePanel(panel, true);
  }

  /** Another data folder holds another memory: what is open here can't follow it there. */
  dispose(): void {
    this.#registrations.dispose();
    for (const search of this.#open) search.end();
  }

  async #resolveView(view: vscode.WebviewView): Promise<void> {
    await this.#connect(
      view,
      { place: 'sidebar', isNew: false },
      {
        isVisible: () => view.visible,
        reveal: () => view.show(),
        end: () => {
          view.webview.html = '';
          view.description = vscode.l10n.t('Reload the window to search the other data folder.');
        },
      },
    );
  }

  async #resolvePanel(panel: vscode.WebviewPanel, isNew: boolean): Promise<void> {
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.joinPath(this.#services.context.extensionUri, 'media', `memory-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    await this.#connect(
      panel,
      { place: 'editor', isNew },
      {
        isVisible: () => panel.visible,
        reveal: () => panel.reveal(),
        end: () => void panel.dispose(),
      },
    );
  }

  async #connect(
    view: vscode.WebviewView | vscode.WebviewPanel,
    { place, isNew }: Omit<SearchOpening, 'waiting'>,
    face: Omit<OpenSearch, 'place' | 'send'>,
  ): Promise<void> {
    const { webview } = view;
    const { context } = this.#services;
    const { connectSearch } = await import('./connectSearch.ts');
    const waiting = (): SearchForm | undefined => this.#takeWaiting();
    const calls = connectSearch(this.#services, webview, { place, isNew, waiting });
    const search: OpenSearch = { ...face, place, send: (event, detail) => calls.send(event, detail) };
    this.#open.add(search);
    view.onDidDispose(() => {
      this.#open.delete(search);
      calls.dispose();
    });
    webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(context.extensionUri)] };
    webview.html = webviewHtml(webview, context.extensionUri, {
      name: 'search',
      title: vscode.l10n.t('Search Memories'),
      place,
    });
  }

  #tell(event: 'changed' | 'filesChanged'): void {
    for (const search of this.#open) if (search.isVisible()) search.send(event, null);
  }

  #takeWaiting(): SearchForm | undefined {
    const form = this.#waiting;
    this.#waiting = undefined;
    return form;
  }
}
