import * as vscode from 'vscode';
import type { Memory } from '../../memory/memory.ts';
import type { Services } from '../services.ts';
import { registerDiagnostics } from './diagnostics.ts';
import { MemoryLenses } from './memoryLenses.ts';
import { MEMORY_DOCUMENTS, SCHEME } from './memoryUri.ts';

/** Memories as documents that are edited and saved, follow every change, and say what is wrong with them. */
export function registerMemoryDocuments(services: Services): vscode.Disposable {
  const { documents, events } = services;
  const lenses = new MemoryLenses(services);
  return vscode.Disposable.from(
    vscode.workspace.registerFileSystemProvider(SCHEME, documents, { isCaseSensitive: true }),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => documents.settle(uri)),
    events.onDidChange(() => documents.refresh()),
    registerDiagnostics(documents),
    vscode.languages.registerCompletionItemProvider(
      MEMORY_DOCUMENTS,
      {
        async provideCompletionItems(document, position) {
          const { frontMatterCompletions } = await import('./completion.ts');
          return frontMatterCompletions(services.store, document, position);
        },
      },
      ' ',
      '[',
      ',',
    ),
    lenses,
    vscode.languages.registerCodeLensProvider(MEMORY_DOCUMENTS, lenses),
  );
}

/** In the document that shows the memory already, or a new one. */
export async function openMemory(
  { documents }: Services,
  memory: Memory,
  viewColumn?: vscode.ViewColumn,
): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(await documents.uriOf(memory));
  return vscode.window.showTextDocument(document, {
    preview: true,
    ...(viewColumn !== undefined && { viewColumn }),
  });
}
