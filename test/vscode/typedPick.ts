import * as vscode from 'vscode';

/** A quick pick that a test types into. */
export class TypedPick<Item extends vscode.QuickPickItem> {
  value = '';
  items: readonly Item[] = [];
  activeItems: readonly Item[] = [];
  selectedItems: readonly Item[] = [];
  title: string | undefined;
  busy = false;
  readonly #value = new vscode.EventEmitter<string>();
  readonly #accept = new vscode.EventEmitter<void>();
  readonly #hide = new vscode.EventEmitter<void>();
  readonly #button = new vscode.EventEmitter<never>();
  readonly onDidChangeValue = this.#value.event;
  readonly onDidAccept = this.#accept.event;
  readonly onDidHide = this.#hide.event;
  readonly onDidTriggerItemButton = this.#button.event;

  type(text: string): void {
    this.value = text;
    this.#value.fire(text);
  }
  accept(): void {
    this.#accept.fire();
  }
  hide(): void {
    this.#hide.fire();
  }
  show(): void {
    this.activeItems = [];
  }
  dispose(): void {
    this.items = [];
  }
}
