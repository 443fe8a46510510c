import * as vscode from 'vscode';
import type { MemoryTool } from '../../mcp/tool.ts';
import { toolCall } from '../../mcp/toolCall.ts';
import { toolsFor } from '../../mcp/tools.ts';
import type { Services } from '../services.ts';
import type { AgentActivity } from './agentActivity.ts';
import { storeForAgents } from './storeForAgents.ts';
import { windowContext } from './windowContext.ts';

/** The name of a tool among those of all extensions. */
export const registeredName = (tool: string): string => `edge_${tool}`;
/** A tool is contributed by package.json and offered while its key is true. */
export const offeredKey = (tool: string): string => `edgeMemory.offers.${tool}`;

/** The tools of the MCP server as tools of this extension. Disposed, none is offered any more. */
export const registerTools = async (
  services: Services,
  activity: AgentActivity,
): Promise<vscode.Disposable> => {
  const offered = toolsFor(await windowContext(services, activity));
  const offer = (isOffered: boolean): void => {
    for (const { name } of offered)
      void vscode.commands.executeCommand('setContext', offeredKey(name), isOffered);
  };
  const registrations = offered.map((tool) =>
    vscode.lm.registerTool(registeredName(tool.name), new LanguageModelTool(tool, services, activity)),
  );
  offer(true);
  return vscode.Disposable.from(...registrations, { dispose: () => offer(false) });
};

class LanguageModelTool implements vscode.LanguageModelTool<object> {
  readonly #tool: MemoryTool;
  readonly #services: Services;
  readonly #activity: AgentActivity;

  constructor(tool: MemoryTool, services: Services, activity: AgentActivity) {
    this.#tool = tool;
    this.#services = services;
    this.#activity = activity;
  }

  /** As for an MCP tool, VS Code asks before what is not read-only. */
  prepareInvocation({
    input,
  }: vscode.LanguageModelToolInvocationPrepareOptions<object>): vscode.PreparedToolInvocation {
    const { title, hints } = this.#tool;
    const message = new vscode.MarkdownString().appendCodeblock(JSON.stringify(input, undefined, 2), 'json');
    return {
      invocationMessage: title,
      ...(!hints.readOnlyHint && { confirmationMessages: { title, message } }),
    };
  }

  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<object>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const stop = new AbortController();
    const subscription = token.onCancellationRequested(() => stop.abort());
    try {
      const services = this.#services;
      const context = await windowContext(services, this.#activity);
      const open = () => storeForAgents(services);
      const { text } = await this.#tool.run(input, () => toolCall(open, context, stop.signal));
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    } finally {
      subscription.dispose();
    }
  }
}
