import * as vscode from 'vscode';
import { isTurnedOff, onDidTurnElsewhere, tellTurnedOff } from '../firstMinutes/turnedOff.ts';
import type { Services } from '../services.ts';
import { AgentActivity } from './agentActivity.ts';
import { McpProvider } from './mcpProvider.ts';

/** Agents reach the memory by MCP where VS Code lets extensions bring servers, else by language-model tools. */
type Way = 'mcp' | 'tools';

/** Chooses the way, and goes over to the other one when VS Code's setting changes: never both at once. */
export class AgentAccess implements vscode.Disposable {
  readonly #services: Services;
  readonly #activity: AgentActivity;
  readonly #disposables: vscode.Disposable;
  #way: Way | undefined;
  /** Ends what is offered now, also where it is only about to be. */
  #end = (): void => undefined;

  constructor(services: Services) {
    this.#services = services;
    this.#activity = new AgentActivity(services);
    this.#disposables = vscode.Disposable.from(
      this.#activity,
      vscode.workspace.onDidChangeConfiguration((event) => {
        const tools = this.#way === 'tools' && event.affectsConfiguration('edgeMemory.agents');
        if ((this.#way !== undefined && wayNow() !== this.#way) || tools) this.offer();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        if (this.#way === 'tools') this.offer();
      }),
      onDidTurnElsewhere(services.context, (off) => {
        if (off === (this.#way !== undefined)) this.offer();
        tellTurnedOff(off);
      }),
    );
    this.offer();
  }

  dispose(): void {
    this.#disposables.dispose();
    this.#end();
  }

  /** Offers anew what agents may use by now; nothing while the extension is turned off. */
  offer(): void {
    this.#end();
    this.#end = () => undefined;
    this.#way = isTurnedOff(this.#services.context) ? undefined : wayNow();
    if (this.#way === undefined) return;
    if (this.#way === 'tools') {
      this.#offerTools();
      return;
    }
    const provider = new McpProvider(this.#services, this.#activity);
    this.#end = () => provider.dispose();
  }

  #offerTools(): void {
    let isOver = false;
    this.#end = () => {
      isOver = true;
    };
    const register = async (): Promise<void> => {
      const { registerTools } = await import('./languageModelTools.ts');
      const tools = await registerTools(this.#services, this.#activity);
      if (isOver) tools.dispose();
      else this.#end = () => void tools.dispose();
    };
    register().catch((error: unknown) =>
      this.#services.log.warn('The tools for agents could not be registered.', String(error)),
    );
  }
}

/** A company's policy sets the same setting. */
const wayNow = (): Way => {
  const access = vscode.workspace.getConfiguration('chat.mcp').get<string>('access', 'all');
  // Editors made from VS Code may lack it.
  const lm = vscode.lm as Partial<typeof vscode.lm> | undefined;
  return access === 'all' && lm?.registerMcpServerDefinitionProvider !== undefined ? 'mcp' : 'tools';
};
