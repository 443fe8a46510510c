import type * as vscode from 'vscode';
import { forgetHandedOut, handedOut, rememberHandedOut } from '../../local/handedOut.ts';
import { MCP_CLIENTS, type McpClientId } from '../../mcp/clientConfigs.ts';
import type { Services } from '../services.ts';

/** A configuration that was handed out. */
export interface CopiedConfiguration {
  readonly client: McpClientId;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const SECTIONS = 'agents.instructionFiles';

/** What was set up for agents outside of this extension, so that it can be found and taken back. */
export class AgentTraces {
  readonly #state: vscode.Memento;
  readonly #dataFolder: string;

  constructor({ context, settings }: Pick<Services, 'context' | 'settings'>) {
    this.#state = context.globalState;
    this.#dataFolder = settings.dataFolder;
  }

  /** The latest for each client, newest first; those that the terminal printed, too. */
  async copied(): Promise<readonly CopiedConfiguration[]> {
    const entries = await handedOut(this.#dataFolder);
    return entries.flatMap(({ client: name, at }) => {
      const client = MCP_CLIENTS.find((known) => known === name);
      return client === undefined ? [] : [{ client, at }];
    });
  }

  rememberCopied(client: McpClientId): Promise<void> {
    return rememberHandedOut(this.#dataFolder, client);
  }

  forgetCopied(client: McpClientId): Promise<void> {
    return forgetHandedOut(this.#dataFolder, client);
  }

  /** URIs of the files that were given a section of ours. */
  get instructionFiles(): readonly string[] {
    return this.#state.get<string[]>(SECTIONS, []);
  }

  async setInstructionFile(uri: string, hasSection: boolean): Promise<void> {
    const others = this.instructionFiles.filter((other) => other !== uri);
    await this.#state.update(SECTIONS, hasSection ? [uri, ...others] : others);
  }
}
