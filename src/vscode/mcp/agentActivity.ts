import type * as vscode from 'vscode';
import { AgentLog } from '../../local/agentLog.ts';
import type { AgentAct } from '../../memory/agentActs.ts';
import type { Services } from '../services.ts';
import { agentNotice } from './agentSettings.ts';

/** What agents do in one go is told in one notice, this many milliseconds after its beginning. */
const SETTLE = 1000;

/** Keeps what agents did through this window, and tells the person of it. */
export class AgentActivity implements vscode.Disposable {
  readonly #services: Services;
  readonly #log: AgentLog;
  #untold: AgentAct[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(services: Services) {
    this.#services = services;
    this.#log = new AgentLog(services.settings.dataFolder);
  }

  /** What was done is done: that it could not be kept is only logged. */
  async record(act: AgentAct): Promise<void> {
    try {
      await this.#log.add(act);
    } catch (error) {
      this.#services.log.warn('What an agent did could not be written down.', String(error));
    }
    this.#untold.push(act);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const acts = this.#untold;
      this.#untold = [];
      void this.#tell(acts);
    }, SETTLE);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  async #tell(acts: readonly AgentAct[]): Promise<void> {
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
