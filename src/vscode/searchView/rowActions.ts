import * as vscode from 'vscode';
import type { RowAction } from '../../shared/searchProtocol.ts';
import type { Services } from '../services.ts';

/** The command that does what rows are asked for; previews and undoing are done here. */
const commands: Record<Exclude<RowAction, 'preview' | 'open' | 'undoDelete'>, string> = {
  copy: 'copyMemory',
  insert: 'insertMemory',
  attach: 'attachToChat',
  editTags: 'editTags',
  delete: 'deleteMemory',
  export: 'exportMemories',
  reveal: 'revealInExplorer',
  updateFromCode: 'updateFromCode',
  stillTrue: 'stillTrue',
};

/** Does what rows of one search view are asked for. */
export class RowActions {
  readonly #services: Services;
  readonly #column: vscode.ViewColumn;

  /** `column`: where memories open. */
  constructor(services: Services, column: vscode.ViewColumn) {
    this.#services = services;
    this.#column = column;
  }

  async act(action: RowAction, hashes: readonly string[]): Promise<void> {
    if (action === 'undoDelete') return this.#undo();
    if (hashes.length === 0) return;
    if (action === 'preview' || action === 'open') return this.#open(hashes[0] ?? '', action === 'preview');
    await vscode.commands.executeCommand(`edgeMemory.${commands[action]}`, hashes);
  }

  async #open(hash: string, preview: boolean): Promise<void> {
    const { store, documents } = this.#services;
    const [memory] = await store.get([hash]);
    // The command says what is the matter.
    if (memory === undefined) return vscode.commands.executeCommand('edgeMemory.showMemory', [hash]);
    const document = await vscode.workspace.openTextDocument(await documents.uriOf(memory));
    const options = { preview, preserveFocus: preview, viewColumn: this.#column };
    await vscode.window.showTextDocument(document, options);
  }

  /** Brings back what was deleted last, from whatever menu or view. */
  async #undo(): Promise<void> {
    const hashes = this.#services.lastDeletion.take();
    if (hashes.length > 0) await vscode.commands.executeCommand('edgeMemory.restoreMemory', hashes);
  }
}
