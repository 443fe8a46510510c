import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { AgentLog, agentLogIn } from '../../local/agentLog.ts';
import type { AgentAct } from '../../memory/agentActs.ts';
import type { Services } from '../services.ts';
import { agentNotice } from './agentSettings.ts';

/** What agents do in one go is told in one notice, this many milliseconds after its beginning. */
const SETTLE = 1000;
/** VS Code takes a notice that nobody answers out of sight by then; the next one does not wait for it any longer. Milliseconds. */
const PATIENCE = 10_000;
/** How many of the last acts are looked at for those of other processes. */
const RECENT = 50;

/** Keeps what agents did through this window, and tells the person of it, and of what they did through other processes. */
export class AgentActivity implements vscode.Disposable {
  readonly #services: Services;
  readonly #log: AgentLog;
  readonly #disposables: vscode.Disposable[] = [];
  readonly #startedAt = Date.now() / 1000;
  /** Ids of acts that were told, or are not to be. */
  readonly #known = new Set<string>();
  readonly #untold: AgentAct[] = [];
  #isTelling = false;
  #isDisposed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(services: Services) {
    this.#services = services;
    this.#log = new AgentLog(services.settings.dataFolder);
    const unsubscribe = services.store.onDidChange((event) => {
      if (event.kind === 'changed' && event.by === 'another-process') void this.#hearOthers();
    });
    this.#disposables.push(new vscode.Disposable(unsubscribe));
    this.#watch(agentLogIn(services.settings.dataFolder)).catch((error: unknown) =>
      services.log.warn('What agents of other processes do is told late, or not at all.', String(error)),
    );
  }

  /** What was done is done: that it could not be kept is only logged. */
  async record(act: AgentAct): Promise<void> {
    this.#known.add(act.id);
    try {
      await this.#log.add(act);
    } catch (error) {
      this.#services.log.warn('What an agent did could not be written down.', String(error));
    }
    this.#tellSoon([act]);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#isDisposed = true;
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  /** Of what happens at Cloudflare nothing tells but what the processes of this machine write down. */
  async #watch(folder: string): Promise<void> {
    // One that came later would be watched only from its second file on.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (this.#isDisposed) return;
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.file(folder), '*.jsonl'),
    );
    const hear = (): void => void this.#hearOthers();
    this.#disposables.push(watcher, watcher.onDidChange(hear), watcher.onDidCreate(hear));
  }

  /** Only the window that the person is at tells them. */
  async #hearOthers(): Promise<void> {
    const recent = await this.#log.recent(RECENT).catch(() => []);
    const fresh = recent.filter(({ id, at }) => at > this.#startedAt && !this.#known.has(id));
    if (fresh.length === 0) return;
    for (const { id } of fresh) this.#known.add(id);
    this.#services.events.refresh();
    if (vscode.window.state.focused) this.#tellSoon(fresh);
  }

  /** While a notice waits for an answer, what happens meanwhile is gathered for the next one. */
  #tellSoon(acts: readonly AgentAct[]): void {
    this.#untold.push(...acts);
    if (this.#untold.length === 0 || this.#isTelling || this.#isDisposed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#tell();
    }, SETTLE);
  }

  async #tell(): Promise<void> {
    this.#isTelling = true;
    await Promise.race([this.#show(this.#untold.splice(0)), sleep(PATIENCE, undefined, { ref: false })]);
    this.#isTelling = false;
    this.#tellSoon([]);
  }

  async #show(acts: readonly AgentAct[]): Promise<void> {
    const way = agentNotice();
    if (way === 'off') return;
    try {
      const { tellOfActs } = await import('./tellOfActs.ts');
      await tellOfActs(this.#services, acts, way);
    } catch (error) {
      this.#services.errors.show('What an agent did could not be shown or undone.', error);
    }
  }
}
