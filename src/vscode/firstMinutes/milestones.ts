import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** What the walkthrough's steps wait for. */
export type Milestone = 'stored' | 'found' | 'agent' | 'connected';

const REACHED = 'firstMinutes.reached';
/** The faces of this extension that a person uses; every other client is an agent. */
const OWN_CLIENTS = new Set(['vscode', 'cli', 'mcp-memory-service']);

/**
 * Tells the walkthrough what has really happened, from the store, the searches and the connection: it is never asked
 * for. Once all is reached nothing is looked at any more.
 */
export class Milestones implements vscode.Disposable {
  readonly #services: Services;
  readonly #reached: Set<Milestone>;
  readonly #subscriptions: vscode.Disposable;

  constructor(services: Services) {
    this.#services = services;
    this.#reached = new Set(services.context.globalState.get<Milestone[]>(REACHED, []));
    for (const milestone of this.#reached) tell(milestone);
    // The walkthrough waits for it, else VS Code would open it at the installation: nobody asked.
    void vscode.commands.executeCommand('setContext', 'edgeMemory.ready', true);
    this.#subscriptions = vscode.Disposable.from(
      services.events.onDidChange(() => void this.#look()),
      services.events.onDidFind(() => this.#reach('found')),
      services.connection.onDidChange(() => void this.#look()),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #look(): Promise<void> {
    if (this.#services.connection.target !== undefined) this.#reach('connected');
    if (this.#reached.has('stored') && this.#reached.has('agent')) return;
    try {
      const { items } = await this.#services.store.list({ limit: 1, contentLimit: 0 });
      const [newest] = items;
      if (newest === undefined) return;
      this.#reach('stored');
      const client = newest.source?.client;
      if (client !== undefined && !OWN_CLIENTS.has(client)) this.#reach('agent');
    } catch {
      // What is wrong with the store is said where it is used.
    }
  }

  #reach(milestone: Milestone): void {
    if (this.#reached.has(milestone)) return;
    this.#reached.add(milestone);
    tell(milestone);
    void this.#services.context.globalState.update(REACHED, [...this.#reached]);
  }
}

const tell = (milestone: Milestone): void =>
  void vscode.commands.executeCommand('setContext', `edgeMemory.reached.${milestone}`, true);
