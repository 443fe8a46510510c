import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { webviewHtml, webviewRoot } from '../webviews/webviewPage.ts';

const PANEL = 'edgeMemory.overview';

/** The overview in an editor tab, one at most. Its code is loaded with the first one that is looked at. */
export class OverviewPanel implements vscode.Disposable {
  readonly #services: Services;
  readonly #registration: vscode.Disposable;
  #panel: vscode.WebviewPanel | undefined;

  constructor(services: Services) {
    this.#services = services;
    this.#registration = vscode.window.registerWebviewPanelSerializer(PANEL, {
      deserializeWebviewPanel: (panel) => this.#resolve(panel),
    });
  }

  async open(): Promise<void> {
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    const title = vscode.l10n.t('Overview of Memories');
    await this.#resolve(vscode.window.createWebviewPanel(PANEL, title, vscode.ViewColumn.Active));
  }

  dispose(): void {
    this.#registration.dispose();
    this.#panel?.dispose();
  }

  async #resolve(panel: vscode.WebviewPanel): Promise<void> {
    this.#panel = panel;
    const { extensionUri } = this.#services.context;
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.joinPath(extensionUri, 'media', `memory-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const { connectOverview } = await import('./connectOverview.ts');
    const connected = connectOverview(this.#services, panel);
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = undefined;
      connected.dispose();
    });
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
    panel.webview.html = webviewHtml(panel.webview, extensionUri, {
      name: 'overview',
      title: vscode.l10n.t('Overview of Memories'),
      place: 'editor',
    });
  }
}
