import * as vscode from 'vscode';
import type { Explorer } from '../explorer/explorer.ts';
import type { AgentAccess } from '../mcp/agentAccess.ts';
import type { OverviewPanel } from '../overview/overviewPanel.ts';
import type { SearchViews } from '../searchView/searchViews.ts';
import type { Services } from '../services.ts';
import type { InstallTerminalCommand } from '../terminalCommand.ts';

/** What commands work with. */
export interface CommandServices extends Services {
  readonly explorer: Explorer;
  readonly search: SearchViews;
  readonly installTerminalCommand: InstallTerminalCommand;
  readonly overview: OverviewPanel;
  readonly agents: AgentAccess;
}

type Handler = (services: CommandServices, ...args: readonly unknown[]) => unknown;

/** Each command's code is loaded when it is first used: activation pays for none of it. */
const commands: Readonly<Record<string, () => Promise<Handler>>> = {
  storeMemory: async () => (await import('./storeMemory.ts')).storeMemory,
  storeSelection: async () => (await import('./storeMemory.ts')).storeSelection,
  storeFile: async () => (await import('./storeFiles.ts')).storeFile,
  storeClipboard: async () => (await import('./storeClipboard.ts')).storeClipboard,
  openOverview: async () => (await import('./openOverview.ts')).openOverview,
  searchFor: async () => (await import('./searchFor.ts')).searchFor,
  newMemory: async () => (await import('./newMemory.ts')).newMemory,
  previewMemory: async () => (await import('./previewMemory.ts')).previewMemory,
  storeTerminalSelection: async () => (await import('./storeTerminalSelection.ts')).storeTerminalSelection,
  relatedMemories: async () => (await import('./relatedMemories.ts')).relatedMemories,
  showSource: async () => (await import('./codeMemories.ts')).showSource,
  stillTrue: async () => (await import('./codeMemories.ts')).stillTrue,
  updateFromCode: async () => (await import('./codeMemories.ts')).updateFromCode,
  earlierVersions: async () => (await import('./earlierVersions.ts')).earlierVersions,
  searchMemories: async () => (await import('./searchMemories.ts')).searchMemories,
  openSearch: async () => (await import('./searchCommands.ts')).openSearch,
  openSearchInEditor: async () => (await import('./searchCommands.ts')).openSearchInEditor,
  findSimilar: async () => (await import('./searchCommands.ts')).findSimilar,
  attachToChat: async () => (await import('./attachToChat.ts')).attachToChat,
  exportMemories: async () => (await import('./exportMemories.ts')).exportMemories,
  showMemory: async () => (await import('./showMemory.ts')).showMemory,
  copyMemory: async () => (await import('./copyMemory.ts')).copyMemory,
  insertMemory: async () => (await import('./copyMemory.ts')).insertMemory,
  editTags: async () => (await import('./editTags.ts')).editTags,
  deleteMemory: async () => (await import('./deleteMemory.ts')).deleteMemory,
  restoreMemory: async () => (await import('./deleteMemory.ts')).restoreMemory,
  pinMemory: async () => (await import('./markMemory.ts')).pinMemory,
  unpinMemory: async () => (await import('./markMemory.ts')).unpinMemory,
  keepLocal: async () => (await import('./markMemory.ts')).keepLocal,
  endKeepLocal: async () => (await import('./markMemory.ts')).endKeepLocal,
  keepProjectLocal: async () => (await import('./keepProjectLocal.ts')).keepProjectLocal,
  endKeepProjectLocal: async () => (await import('./keepProjectLocal.ts')).endKeepProjectLocal,
  deleteForGood: async () => (await import('./deletedMemories.ts')).deleteForGood,
  emptyDeleted: async () => (await import('./deletedMemories.ts')).emptyDeleted,
  renameTag: async () => (await import('./renameTags.ts')).renameTag,
  mergeTags: async () => (await import('./renameTags.ts')).mergeTags,
  removeTags: async () => (await import('./renameTags.ts')).removeTags,
  filterExplorer: async () => (await import('./filterExplorer.ts')).filterExplorer,
  clearFilter: async () => (await import('./filterExplorer.ts')).clearFilter,
  sortExplorer: async () => (await import('./explorerCommands.ts')).sortExplorer,
  revealInExplorer: async () => (await import('./explorerCommands.ts')).revealInExplorer,
  bringIn: async () => (await import('../found/bringIn.ts')).bringIn,
  openWalkthrough: async () => (await import('../firstMinutes/openWalkthrough.ts')).openWalkthrough,
  turnOff: async () => (await import('../firstMinutes/turnOff.ts')).turnOff,
  turnOn: async () => (await import('../firstMinutes/turnOff.ts')).turnOn,
  loadMore: async () => (await import('./explorerCommands.ts')).loadMore,
  refresh: async () => (await import('./explorerCommands.ts')).refresh,
  revealDataFolder: async () => (await import('./revealDataFolder.ts')).revealDataFolder,
  backUpNow: async () => (await import('./backups.ts')).backUpNow,
  restoreBackup: async () => (await import('./backups.ts')).restoreBackup,
  connect: async () => (await import('../connect/connect.ts')).connect,
  reconnect: async () => (await import('../connect/disconnect.ts')).reconnect,
  disconnect: async () => (await import('../connect/disconnect.ts')).disconnect,
  changeToken: async () => (await import('../connect/changeToken.ts')).changeToken,
  removeTables: async () => (await import('../connect/removeTables.ts')).removeTables,
  importEnv: async () => (await import('../connect/importEnv.ts')).importEnv,
  health: async () => (await import('../connect/health.ts')).health,
  rebuildIndex: async () => (await import('../connect/rebuildIndex.ts')).rebuildIndexCommand,
  setEmbeddingKey: async () => (await import('../connect/embeddingKey.ts')).setEmbeddingKey,
  verify: async () => (await import('../connect/verifyAndRepair.ts')).verifyAndRepair,
  copyMcpConfiguration: async () => (await import('../agents/copyMcpConfiguration.ts')).copyMcpConfiguration,
  agentInstructions: async () => (await import('../agents/agentInstructions.ts')).agentInstructions,
  agentTraces: async () => (await import('../agents/showAgentTraces.ts')).showAgentTraces,
  showAgentActivity: async () => (await import('../mcp/showAgentActivity.ts')).showAgentActivity,
  showLog: async () => (await import('./support.ts')).showLog,
  copyDiagnostics: async () => (await import('./support.ts')).copyDiagnostics,
  reportIssue: async () => (await import('./support.ts')).reportIssue,
};

/** Commands answer what they did to whoever called them; an error becomes one notification. */
export function registerCommands(services: CommandServices): vscode.Disposable {
  const registrations = Object.entries(commands).map(([name, load]) =>
    vscode.commands.registerCommand(`edgeMemory.${name}`, async (...args: unknown[]) => {
      try {
        const handler = await load();
        return await handler(services, ...args);
      } catch (error) {
        services.errors.show(`The command ${name} failed.`, error);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}
