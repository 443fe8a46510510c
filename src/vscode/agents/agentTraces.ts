import type * as vscode from 'vscode';
import type { McpClientId } from '../../mcp/clientConfigs.ts';

/** A configuration that was handed out. */
export interface CopiedConfiguration {
  readonly client: McpClientId;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const COPIED = 'agents.copiedConfigurations';
const SECTIONS = 'agents.instructionFiles';

/** What was set up for agents outside of this extension, so that it can be found and taken back. */
export class AgentTraces {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** The latest for each client, newest first. */
  get copied(): readonly CopiedConfiguration[] {
    return this.#state.get<CopiedConfiguration[]>(COPIED, []);
  }

  async rememberCopied(client: McpClientId): Promise<void> {
    const others = this.copied.filter((copied) => copied.client !== client);
    await this.#state.update(COPIED, [{ client, at: Date.now() }, ...others]);
  }

  async forgetCopied(client: McpClientId): Promise<void> {
    await this.#state.update(
      COPIED,
      this.copied.filter((copied) => copied.client !== client),
    );
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
