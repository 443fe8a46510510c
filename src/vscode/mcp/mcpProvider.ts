import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import type { AgentActivity } from './agentActivity.ts';
import { serverDefinition } from './serverDefinition.ts';
import type { SocketHost } from './socketHost.ts';
import { storeForAgents } from './storeForAgents.ts';
import { localFolders } from './workspacePlace.ts';

const PROVIDER = 'edgeMemory.mcp';

/** Brings VS Code the definition of the server, and serves what it starts by it. */
export class McpProvider implements vscode.McpServerDefinitionProvider, vscode.Disposable {
  readonly #services: Services;
  readonly #activity: AgentActivity;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable;
  #version: string | undefined;
  #host: Promise<SocketHost> | undefined;
  #isDisposed = false;

  readonly onDidChangeMcpServerDefinitions = this.#changed.event;

  constructor(services: Services, activity: AgentActivity) {
    this.#services = services;
    this.#activity = activity;
    const look = (): void => void this.#look();
    this.#disposables = vscode.Disposable.from(
      this.#changed,
      services.connection.onDidChange(look),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('edgeMemory')) look();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        // VS Code asks for the definition again only where that is another one.
        if (this.#endHost()) void this.#serve();
        look();
      }),
      vscode.lm.registerMcpServerDefinitionProvider(PROVIDER, this),
    );
  }

  async provideMcpServerDefinitions(): Promise<vscode.McpServerDefinition[]> {
    const [definition] = await Promise.all([serverDefinition(this.#services), this.#serve()]);
    this.#version = definition.version;
    return [definition];
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#disposables.dispose();
    this.#endHost();
  }

  /** Tells VS Code where the definition is another one now. */
  async #look(): Promise<void> {
    const { version } = await serverDefinition(this.#services);
    if (version === this.#version || this.#isDisposed) return;
    this.#version = version;
    this.#changed.fire();
  }

  /** Without the host the process that VS Code starts works by itself. */
  async #serve(): Promise<void> {
    const host = (this.#host ??= this.#startHost());
    try {
      await host;
    } catch (error) {
      if (this.#host === host) this.#host = undefined;
      this.#services.log.warn('Agents are not served by this window.', String(error));
    }
  }

  async #startHost(): Promise<SocketHost> {
    const services = this.#services;
    const { startSocketHost } = await import('./socketHost.ts');
    const host = await startSocketHost(
      services.settings.dataFolder,
      localFolders(),
      async ({ requestInfo }) => {
        const [{ createServer }, { windowContext }, { relayOriginOf }] = await Promise.all([
          import('../../mcp/createServer.ts'),
          import('./windowContext.ts'),
          import('../../mcp/relayHeaders.ts'),
        ]);
        const origin = requestInfo === undefined ? {} : relayOriginOf(requestInfo.headers);
        return createServer(
          () => storeForAgents(services),
          await windowContext(services, this.#activity, origin),
        );
      },
    );
    if (this.#isDisposed) host.dispose();
    return host;
  }

  /** Answers whether there was one. */
  #endHost(): boolean {
    const host = this.#host;
    this.#host = undefined;
    host?.then(
      (running) => running.dispose(),
      () => undefined,
    );
    return host !== undefined;
  }
}
