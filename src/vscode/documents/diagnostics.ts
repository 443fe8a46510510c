import * as vscode from 'vscode';
import { fieldsOf } from './memoryMarkdown.ts';
import { type MemoryFiles, memoryDocuments } from './memoryFiles.ts';
import { keyOf, SCHEME } from './memoryUri.ts';

/** Nobody wants to read about a word that is still being typed. Milliseconds. */
const PAUSE = 250;

/** Says in the Problems view, and under the words, what keeps a memory's document from being saved. */
export function registerDiagnostics(documents: MemoryFiles): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection(SCHEME);
  const timers = new Map<string, NodeJS.Timeout>();
  const check = async (document: vscode.TextDocument): Promise<void> => {
    const { version } = document;
    const diagnostics = await diagnosticsOf(documents, document);
    if (!document.isClosed && document.version === version) collection.set(document.uri, diagnostics);
  };
  const checkSoon = (document: vscode.TextDocument, after = PAUSE): void => {
    if (keyOf(document.uri) === undefined) return;
    const id = document.uri.toString();
    clearTimeout(timers.get(id));
    timers.set(
      id,
      setTimeout(() => void check(document), after),
    );
  };
  const forget = ({ uri }: vscode.TextDocument): void => {
    clearTimeout(timers.get(uri.toString()));
    timers.delete(uri.toString());
    collection.delete(uri);
  };
  for (const document of memoryDocuments()) checkSoon(document);
  return vscode.Disposable.from(
    collection,
    vscode.workspace.onDidOpenTextDocument((document) => checkSoon(document)),
    vscode.workspace.onDidChangeTextDocument(({ document }) => checkSoon(document)),
    vscode.workspace.onDidSaveTextDocument((document) => checkSoon(document)),
    vscode.workspace.onDidCloseTextDocument(forget),
    new vscode.Disposable(() => {
      for (const timer of timers.values()) clearTimeout(timer);
    }),
  );
}

/** A memory to be stored is not blamed for being empty before a word is written. */
async function diagnosticsOf(
  documents: MemoryFiles,
  document: vscode.TextDocument,
): Promise<vscode.Diagnostic[]> {
  const { parseMemory } = await import('./frontMatter.ts');
  const memory = await documents.memoryOf(document.uri).catch(() => undefined);
  if (memory === undefined && !document.isDirty) return [];
  const { problems } = parseMemory(document.getText(), {
    ...(memory && { shown: fieldsOf(memory) }),
    optional: memory === undefined,
  });
  return problems.map(({ message, from, to, severity }) => {
    const range = new vscode.Range(document.positionAt(from), document.positionAt(to));
    const diagnostic = new vscode.Diagnostic(
      range,
      message,
      severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
    );
    diagnostic.source = 'Edge Memory';
    return diagnostic;
  });
}
