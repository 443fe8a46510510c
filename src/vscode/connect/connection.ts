import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { configIn } from '../../local/paths.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { MemoryStore } from '../../memory/memoryStore.ts';
import type { Settings } from '../settings.ts';
import { Tokens } from './tokens.ts';

/**
 * Which store is active, as `config.json` says to every face of this person on this machine, and how this editor
 * reaches it. Cloudflare's code is loaded when a connection is made, never before.
 */
export class Connection implements vscode.Disposable {
  readonly tokens: Tokens;
  readonly #context: vscode.ExtensionContext;
  readonly #settings: Settings;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable;
  #target: CloudTarget | undefined;
  /** That the store was opened with. */
  #token: string | undefined;
  /** Ends the work in the background for the store that was opened last. */
  #over = new AbortController();

  /** Another store is active from now on, or is reached in another way. */
  readonly onDidChange = this.#changed.event;

  constructor(context: vscode.ExtensionContext, settings: Settings, log: vscode.LogOutputChannel) {
    this.#context = context;
    this.#settings = settings;
    this.#log = log;
    this.tokens = new Tokens(context.secrets);
    const folder = vscode.Uri.file(settings.dataFolder);
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(folder, 'config.json'),
    );
    const reread = (): void => void this.#reread();
    this.#disposables = vscode.Disposable.from(
      this.#changed,
      watcher,
      watcher.onDidChange(reread),
      watcher.onDidCreate(reread),
      watcher.onDidDelete(reread),
      this.tokens.onDidChange((event) => void this.#tokenChanged(event)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('edgeMemory.cloudflare')) this.#fire();
      }),
    );
  }

  /** Where the memories are, as last read; undefined for the embedded store. */
  get target(): CloudTarget | undefined {
    return this.#target;
  }

  /**
   * The connected store; undefined where the embedded one is active. Rejects with a `MemoryError`, or with the reason
   * of an `AbortSignal` where it is opened anew, or not needed any more, before it is open.
   */
  async open(): Promise<MemoryStore | undefined> {
    this.#over.abort();
    const over = (this.#over = new AbortController());
    const target = await this.read();
    over.signal.throwIfAborted();
    this.#target = target;
    if (target === undefined) return undefined;
    const token = await this.tokens.get(target.account);
    over.signal.throwIfAborted();
    this.#token = token;
    const { openConnectedStore } = await import('./openConnectedStore.ts');
    return openConnectedStore({
      target,
      token,
      tokens: this.tokens,
      settings: this.#settings,
      log: this.#log,
      state: this.#context.globalState,
      reopen: () => {
        if (!over.signal.aborted) this.#fire();
      },
      signal: over.signal,
    });
  }

  async read(): Promise<CloudTarget | undefined> {
    const { dataFolder } = this.#settings;
    if (!existsSync(configIn(dataFolder))) return undefined;
    const { readStoreConfig } = await import('../../local/storeConfig.ts');
    const { active } = await readStoreConfig(dataFolder);
    return active === 'local' ? undefined : active;
  }

  /** As `read`, for whoever writes it anew: a file that makes no sense names nothing. */
  async readIfPossible(): Promise<CloudTarget | undefined> {
    try {
      return await this.read();
    } catch (error) {
      if (MemoryError.is(error, 'misconfigured')) return undefined;
      throw error;
    }
  }

  /** Makes another store the active one, for every face. Undefined: the embedded one. */
  async use(target: CloudTarget | undefined): Promise<void> {
    const { writeStoreConfig } = await import('../../local/storeConfig.ts');
    await writeStoreConfig(this.#settings.dataFolder, { active: target ?? 'local' });
    this.#target = target;
    this.#fire();
  }

  /** Opens the same store anew with the next call. */
  reopen(): void {
    this.#fire();
  }

  dispose(): void {
    this.#over.abort();
    this.#disposables.dispose();
  }

  /** Another window, a terminal or an agent may have changed the file; or this window, which knows it already. */
  async #reread(): Promise<void> {
    try {
      const target = await this.read();
      if (JSON.stringify(target) === JSON.stringify(this.#target)) return;
      this.#target = target;
      this.#fire();
    } catch (error) {
      this.#log.warn('The configuration could not be read.', String(error));
    }
  }

  async #tokenChanged(event: vscode.SecretStorageChangeEvent): Promise<void> {
    const target = this.#target;
    if (target === undefined || !this.tokens.isOf(target.account, event)) return;
    if ((await this.tokens.get(target.account)) !== this.#token) this.#fire();
  }

  #fire(): void {
    this.#changed.fire();
  }
}
