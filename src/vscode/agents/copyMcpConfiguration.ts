import * as vscode from 'vscode';
import { type ClientConfig, MCP_CLIENTS, type McpClientId } from '../../mcp/clientConfigs.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { writeTerminalCommand } from '../terminalCommand.ts';
import { AgentTraces } from './agentTraces.ts';
import { configurationFor, fileOf, openConfiguration } from './mcpConfigurations.ts';

/** Copies the configuration for the client named, else for one that a person picks. Answers what it copied. */
export async function copyMcpConfiguration(
  services: CommandServices,
  client?: unknown,
): Promise<string | undefined> {
  const chosen = MCP_CLIENTS.find((known) => known === client) ?? (await chooseClient(services));
  if (chosen === undefined) return undefined;
  const config = configurationFor(services, chosen);
  // Also where terminals are not to have it: the configuration starts it.
  await writeTerminalCommand(services, services.installTerminalCommand);
  await vscode.env.clipboard.writeText(config.text);
  await new AgentTraces(services).rememberCopied(chosen);
  void sayWhereItGoes(services, chosen, config);
  return config.text;
}

async function chooseClient(services: CommandServices): Promise<McpClientId | undefined> {
  const copied = new Set((await new AgentTraces(services).copied()).map(({ client }) => client));
  const items = MCP_CLIENTS.map((client) => {
    const { name, file } = configurationFor(services, client);
    return {
      label: name,
      description: file ?? vscode.l10n.t('A line for the terminal'),
      ...(copied.has(client) && { detail: vscode.l10n.t('Copied before') }),
      client,
    };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Copy MCP Configuration'),
    placeHolder: vscode.l10n.t('For which program? It will use the same memory as this editor'),
    matchOnDescription: true,
  });
  return chosen?.client;
}

async function sayWhereItGoes(
  { connection }: CommandServices,
  client: McpClientId,
  config: ClientConfig,
): Promise<void> {
  const file = fileOf(config);
  const open = config.file === undefined ? vscode.l10n.t('Open Terminal') : vscode.l10n.t('Open File');
  const inCloudflare =
    (await connection.readIfPossible()) !== undefined &&
    vscode.l10n.t(
      'Your memories are in Cloudflare: it also needs CLOUDFLARE_API_TOKEN in its environment, which is not in what was copied.',
    );
  const answer = await vscode.window.showInformationMessage(
    [whereItGoes(client, config), inCloudflare].filter(Boolean).join(' '),
    ...(config.file === undefined || file !== undefined ? [open] : []),
  );
  if (answer !== open) return;
  if (file !== undefined) await openConfiguration(file, config.text);
  else writeInTerminal(config.text.trimEnd());
}

function whereItGoes(client: McpClientId, { name, file }: ClientConfig): string {
  if (file === undefined)
    return vscode.l10n.t('Copied. Run the line in a terminal to add Edge Memory to {0}.', name);
  if (client === 'mcp.json')
    return vscode.l10n.t(
      'Copied. Put it where your program keeps its MCP servers (often {0} in the project), then start it again.',
      file,
    );
  return vscode.l10n.t('Copied. Put it into {0}, then start {1} again.', file, name);
}

/** Only written: the person looks at it, and presses Enter. */
function writeInTerminal(line: string): void {
  const terminal = vscode.window.createTerminal();
  terminal.show();
  terminal.sendText(line, false);
}
