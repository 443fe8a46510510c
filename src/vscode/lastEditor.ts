import * as vscode from 'vscode';
import { SCHEME } from './documents/memoryUri.ts';

/**
 * The text editor that a person works in. A webview takes the place of the active one, and so does a memory that is
 * looked at; both lead back to it.
 */
export class LastEditor implements vscode.Disposable {
  #last: vscode.TextEditor | undefined;
  readonly #subscription: vscode.Disposable;

  constructor() {
    this.#see(vscode.window.activeTextEditor);
    this.#subscription = vscode.window.onDidChangeActiveTextEditor((editor) => this.#see(editor));
  }

  /** Makes it the active one again, with its selection; undefined where there is none any more. */
  async reopen(): Promise<vscode.TextEditor | undefined> {
    const { activeTextEditor } = vscode.window;
    if (isPlace(activeTextEditor)) return activeTextEditor;
    if (this.#last === undefined) return undefined;
    const { document, viewColumn, selections } = this.#last;
    if (document.isClosed && document.isUntitled) return undefined;
    const editor = await vscode.window.showTextDocument(document.uri, {
      preview: false,
      ...(viewColumn !== undefined && { viewColumn }),
    });
    editor.selections = selections;
    return editor;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #see(editor: vscode.TextEditor | undefined): void {
    if (isPlace(editor)) this.#last = editor;
  }
}

const isPlace = (editor: vscode.TextEditor | undefined): editor is vscode.TextEditor =>
  editor !== undefined && ![SCHEME, 'output'].includes(editor.document.uri.scheme);
