import * as vscode from 'vscode';
import { registerCodeHints } from './code/codeHints.ts';
import { registerCommands } from './commands/registerCommands.ts';
import { registerConnectedContext } from './connect/connectedContext.ts';
import { registerMemoryDocuments } from './documents/memoryDocuments.ts';
import { registerExplorer } from './explorer/explorer.ts';
import { Milestones } from './firstMinutes/milestones.ts';
import { isTurnedOff, tellTurnedOff } from './firstMinutes/turnedOff.ts';
import { AgentAccess } from './mcp/agentAccess.ts';
import { registerAgentHooks } from './mcp/agentHooks.ts';
import { OverviewPanel } from './overview/overviewPanel.ts';
import { SearchViews } from './searchView/searchViews.ts';
import type { Services } from './services.ts';
import { StatusBar } from './statusBar.ts';
import { StoreStats } from './storeStats.ts';
import { type InstallTerminalCommand, registerTerminalCommand } from './terminalCommand.ts';

/** Everything that package.json promises. Nothing here opens the store: whoever is looked at first does. */
export function registerContributions(
  services: Services,
  installTerminalCommand: InstallTerminalCommand,
): vscode.Disposable {
  const explorer = registerExplorer(services);
  const overview = new OverviewPanel(services);
  const search = new SearchViews(services);
  const agents = new AgentAccess(services);
  const stats = new StoreStats(services);
  tellTurnedOff(isTurnedOff(services.context));
  return vscode.Disposable.from(
    explorer,
    overview,
    search,
    registerMemoryDocuments(services),
    registerCodeHints(services),
    registerCommands({ ...services, explorer, overview, search, agents, installTerminalCommand }),
    stats,
    new StatusBar(services, stats),
    registerTerminalCommand(services, installTerminalCommand),
    agents,
    registerAgentHooks(),
    new Milestones(services),
    registerConnectedContext(services),
  );
}
