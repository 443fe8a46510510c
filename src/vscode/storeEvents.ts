import * as vscode from 'vscode';
import type { EmbeddingProgress } from '../memory/memory.ts';
import type { MemoryStore } from '../memory/memoryStore.ts';
import { localised } from './localised.ts';
import { inert } from './plainText.ts';

/** A burst of writes becomes one refresh, this many milliseconds after its first; */
const SETTLE = 120;
/** while they go on, as in an import, one per this many. */
const SETTLE_BUSY = 400;

/** The store's events as the views take them: settled, and on VS Code's own event type. */
export class StoreEvents implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #embedding = new vscode.EventEmitter<EmbeddingProgress>();
  readonly #found = new vscode.EventEmitter<void>();
  readonly #warned = new Set<string>();
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | undefined;
  #lastFired = 0;

  readonly onDidChange = this.#changed.event;
  readonly onDidEmbed = this.#embedding.event;
  /** A person's search was answered with memories. */
  readonly onDidFind = this.#found.event;

  constructor(store: MemoryStore, log: vscode.LogOutputChannel) {
    this.#unsubscribe = store.onDidChange((event) => {
      switch (event.kind) {
        case 'changed':
          this.refresh();
          break;
        case 'embedding':
          this.#embedding.fire(event.progress);
          break;
        case 'warning':
          log.warn(event.message);
          this.#warn(event.message);
          break;
      }
    });
  }

  /** Whoever reads how many memories wait for their vector tells the others. */
  counted(progress: EmbeddingProgress): void {
    this.#embedding.fire(progress);
  }

  /** Whoever searches for a person says that memories were found. */
  found(): void {
    this.#found.fire();
  }

  /** Makes every view read again, soon. */
  refresh(): void {
    const busy = Date.now() - this.#lastFired < 2 * SETTLE_BUSY;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#lastFired = Date.now();
        this.#changed.fire();
      },
      busy ? SETTLE_BUSY : SETTLE,
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe();
    this.#changed.dispose();
    this.#embedding.dispose();
    this.#found.dispose();
  }

  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    const showLog = vscode.l10n.t('Show Log');
    void vscode.window.showWarningMessage(inert(localised(message)), showLog).then((chosen) => {
      if (chosen === showLog) void vscode.commands.executeCommand('edgeMemory.showLog');
    });
  }
}
