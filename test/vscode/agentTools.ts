import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from './access.ts';

const SERVER = 'edge-memory.edge-memory/Edge Memory';
export const MCP = 'mcp_edge_memory_';
/** After it what an agent did has been told, or never will be. Milliseconds. */
export const NOTICE = 1500;

export const toolNames = (prefix: string): string[] =>
  vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith(prefix));

/** Starts the server, as “MCP: List Servers” does; answers the names of its tools once `check` accepts them. */
export function startServer(
  check = (names: readonly string[]): void => assert.equal(names.length, 9, names.join()),
): Promise<string[]> {
  return eventually(async () => {
    await vscode.commands.executeCommand('workbench.mcp.startServer', SERVER, {
      autoTrustChanges: true,
      waitForLiveTools: true,
    });
    const names = toolNames(MCP).map((name) => name.slice(MCP.length));
    check(names);
    return names;
  }, 25_000);
}

/**
 * Calls a tool as an agent does; answers its lines. A call that ended with the server, which a setting has restarted, is
 * made again.
 */
export async function invoke(name: string, input: object): Promise<Record<string, unknown>[]> {
  const call = async (): Promise<vscode.LanguageModelToolResult> => {
    try {
      return await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'Canceled') throw error;
      await startServer(() => undefined);
      return call();
    }
  };
  const { content } = await call();
  const text = content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''))
    .join('\n');
  return text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Sets settings of the user for the time of `work`. */
export async function withSettings(
  settings: Readonly<Record<string, unknown>>,
  work: () => Promise<void>,
): Promise<void> {
  const set = async (name: string, value: unknown): Promise<void> => {
    await vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Global);
  };
  for (const [name, value] of Object.entries(settings)) await set(name, value);
  try {
    await work();
  } finally {
    for (const name of Object.keys(settings)) await set(name, undefined);
  }
}

/** The context keys that are set until `restore`: those of package.json's `when`, which no API tells. */
export function watchContext(): { readonly values: ReadonlyMap<string, unknown>; restore(): void } {
  const values = new Map<string, unknown>();
  const original = vscode.commands.executeCommand;
  const replace = (executeCommand: unknown): void => {
    Object.assign(vscode.commands, { executeCommand });
  };
  replace((command: string, ...args: unknown[]) => {
    if (command === 'setContext') values.set(String(args[0]), args[1]);
    return original(command, ...args);
  });
  return { values, restore: () => replace(original) };
}
