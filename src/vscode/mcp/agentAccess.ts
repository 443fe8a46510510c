import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { McpProvider } from './mcpProvider.ts';

/** Agents reach the memory by MCP where VS Code lets extensions bring servers, else by language-model tools. */
type Way = 'mcp' | 'tools';

/** Chooses the way, and goes over to the other one when VS Code's setting changes: never both at once. */
export class AgentAccess implements vscode.Disposable {
  readonly #services: Services;
  readonly #disposables: vscode.Disposable;
  #way: Way | undefined;
  #offered: vscode.Disposable | undefined;

  constructor(services: Services) {
    this.#services = services;
    this.#disposables = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('chat.mcp')) this.#offer();
    });
    this.#offer();
  }

  dispose(): void {
    this.#disposables.dispose();
    this.#offered?.dispose();
  }

  #offer(): void {
    const way = wayNow();
    if (way === this.#way) return;
    this.#way = way;
    this.#offered?.dispose();
    this.#offered = way === 'mcp' ? new McpProvider(this.#services) : undefined;
  }
}

/** A company's policy sets the same setting. */
const wayNow = (): Way => {
  const access = vscode.workspace.getConfiguration('chat.mcp').get<string>('access', 'all');
  // Editors made from VS Code may lack it.
  const lm = vscode.lm as Partial<typeof vscode.lm> | undefined;
  return access === 'all' && lm?.registerMcpServerDefinitionProvider !== undefined ? 'mcp' : 'tools';
};
