import * as vscode from 'vscode';
import type { CommandServices } from '../commands/registerCommands.ts';
import { say } from '../say.ts';
import { changeInstructions } from './agentInstructions.ts';
import { AgentTraces } from './agentTraces.ts';
import { configurationFor, fileOf, openConfiguration } from './mcpConfigurations.ts';
import { filesWithServer, removeServer } from './removeConfiguration.ts';

interface TraceItem extends vscode.QuickPickItem {
  readonly act: () => Promise<unknown>;
}

/** Lists what was set up for agents outside of this extension, and helps to take it back. */
export async function showAgentTraces(services: CommandServices): Promise<void> {
  const items = [...sectionItems(services), ...(await configurationItems(services))];
  if (items.length === 0) {
    void sayNothing();
    return;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('What Was Set Up for Agents'),
    placeHolder: vscode.l10n.t('Choose what to take back'),
  });
  await chosen?.act();
}

async function sayNothing(): Promise<void> {
  const copy = vscode.l10n.t('Copy MCP Configuration');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Nothing was set up outside of this editor: no configuration was copied, and no instructions were written.',
    ),
    copy,
  );
  if (answer === copy) await vscode.commands.executeCommand('edgeMemory.copyMcpConfiguration');
}

const sectionItems = (services: CommandServices): TraceItem[] =>
  new AgentTraces(services).instructionFiles.map((text) => {
    const uri = vscode.Uri.parse(text);
    const name = vscode.workspace.asRelativePath(uri);
    return {
      label: vscode.l10n.t('$(note) Instructions in {0}', name),
      description: vscode.l10n.t('Shows the change, then removes the section'),
      act: () => changeInstructions(services, { uri, name, action: 'remove' }),
    };
  });

const configurationItems = async (services: CommandServices): Promise<TraceItem[]> =>
  (await new AgentTraces(services).copied()).map(({ client, at }) => {
    const config = configurationFor(services, client);
    const day = new Date(at).toLocaleDateString();
    return {
      label: vscode.l10n.t('$(plug) Configuration for {0}', config.name),
      description: vscode.l10n.t('Copied on {0}', day),
      detail: config.undo ?? config.file ?? '',
      act: () => takeBack(services, client),
    };
  });

/**
 * Removes it where its place is known, after a look at the change. Elsewhere only the person knows where they put it:
 * opens the place, or copies the command that removes it.
 */
async function takeBack(
  services: CommandServices,
  client: Parameters<typeof configurationFor>[1],
): Promise<void> {
  const config = configurationFor(services, client);
  const found = await filesWithServer(config);
  if (found.length > 0) {
    for (const uri of found) if (!(await removeServer(uri))) return;
    await new AgentTraces(services).forgetCopied(client);
    say(vscode.l10n.t('The configuration for {0} was removed', config.name));
    return;
  }
  const file = fileOf(config);
  const help =
    config.undo === undefined
      ? vscode.l10n.t('Remove the entry “edge-memory” from {0}.', config.file ?? '')
      : vscode.l10n.t('Run this in a terminal: {0}', config.undo);
  const open = config.undo === undefined ? vscode.l10n.t('Open File') : vscode.l10n.t('Copy Command');
  const done = vscode.l10n.t('It Is Removed');
  const canOpen = config.undo !== undefined || file !== undefined;
  const answer = await vscode.window.showInformationMessage(help, ...(canOpen ? [open] : []), done);
  if (answer === done) await new AgentTraces(services).forgetCopied(client);
  else if (answer === open && config.undo !== undefined) await vscode.env.clipboard.writeText(config.undo);
  else if (answer === open && file !== undefined) await openConfiguration(file, '');
}
