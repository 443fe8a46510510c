import { posix } from 'node:path';
import * as vscode from 'vscode';
import { number } from '../numbers.ts';
import { oneLine } from '../plainText.ts';
import type { FoundSource } from './sources.ts';

const SCHEME = 'edge-memory-found';

/** How what was found begins: read-only plain text beside the question, gone with it. */
export class Previews implements vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: ({ path }) => this.#texts.get(path),
  });

  async show({ name, count, examples }: FoundSource): Promise<void> {
    const title = vscode.l10n.t('Preview of {0}', oneLine(posix.basename(name), 60));
    const path = `/${this.#texts.size}/${title.replaceAll('/', ' ')}.txt`;
    const head = vscode.l10n.t('{0}: the first of {1} memories', name, number(count));
    const parts = [head, ...examples.map(({ content }) => content)];
    this.#texts.set(path, parts.join('\n\n────────\n\n'));
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    await vscode.window.showTextDocument(uri, { preview: true, preserveFocus: true });
  }

  dispose(): void {
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === SCHEME);
    void vscode.window.tabGroups.close(tabs);
    this.#provider.dispose();
  }
}
