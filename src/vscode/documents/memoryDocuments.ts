import * as vscode from 'vscode';
import { MemoryError } from '../../memory/errors.ts';
import type { Memory } from '../../memory/memory.ts';
import { firstLine } from '../plainText.ts';
import type { Services } from '../services.ts';
import { memoryMarkdown } from './memoryMarkdown.ts';

const SCHEME = 'edge-memory';

/**
 * `edge-memory:/edge-memory/<hash>/<first line>`: the name is for the tab only. By its path VS Code takes the
 * document for the language `edge-memory` of package.json: Markdown's colours without its links, since in an
 * editor of the language `markdown` a Ctrl+click on `[text](command:…)` runs that command.
 */
export function memoryUri(memory: Memory): vscode.Uri {
  const name = firstLine(memory.content, 50)
    .replace(/[\\/:*?"<>|#%\u200b]+/gu, ' ')
    .trim();
  return vscode.Uri.from({ scheme: SCHEME, path: `/edge-memory/${memory.contentHash}/${name || 'memory'}` });
}

/** The memory that a document shows; undefined for every other document. */
export const hashOf = (uri: vscode.Uri): string | undefined =>
  uri.scheme === SCHEME ? uri.path.split('/')[2] : undefined;

/** Memories as read-only documents that follow every change. */
export function registerMemoryDocuments(services: Services): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    async provideTextDocumentContent(uri) {
      const hash = hashOf(uri) ?? '';
      const [memory] = await services.store.get([hash]);
      if (memory) return memoryMarkdown(memory);
      throw new MemoryError(
        'not-found',
        vscode.l10n.t('There is no memory {0}.', hash),
        vscode.l10n.t('It may have been removed for good.'),
      );
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, provider),
    services.events.onDidChange(() => {
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === SCHEME) changed.fire(uri);
    }),
  );
}

export async function openMemory(memory: Memory): Promise<void> {
  const document = await vscode.workspace.openTextDocument(memoryUri(memory));
  await vscode.window.showTextDocument(document, { preview: true });
}
