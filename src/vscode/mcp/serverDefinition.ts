import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { defaultDataFolder } from '../../local/paths.ts';
import { settingsOptions } from '../../mcp/settingsOptions.ts';
import type { Services } from '../services.ts';
import { agentSettings } from './agentSettings.ts';
import { localFolders, usesProjects } from './workspacePlace.ts';

/** Short: a tool's whole name is `mcp_<label>_<tool>`, cut at 64 characters. */
export const SERVER_LABEL = 'Edge Memory';

/**
 * How VS Code starts the server for its agents. Complete and without a secret: the newer agent sessions copy it as it
 * is, and VS Code keeps it in its workspace storage.
 */
export const serverDefinition = async (services: Services): Promise<vscode.McpStdioServerDefinition> => {
  const { context, settings, connection, projects } = services;
  const agents = agentSettings();
  // Of the first folder, whichever editor is active: that must not change the version.
  const folder = usesProjects(services, agents) ? vscode.workspace.workspaceFolders?.[0] : undefined;
  const [target, project] = await Promise.all([
    connection.readIfPossible(),
    folder && projects.of(folder.uri),
  ]);
  const options = [
    ...localFolders().map((path) => `--workspace=${path}`),
    ...(project === undefined ? [] : [`--project=${project.name}`]),
    ...settingsOptions(agents),
  ];
  const { dataFolder } = settings;
  const environment: Record<string, string> = {
    ELECTRON_RUN_AS_NODE: '1',
    ...(dataFolder !== defaultDataFolder() && { EDGE_MEMORY_DATA_FOLDER: dataFolder }),
  };
  // A change restarts the server: the tools and the store change it, memories never do.
  const store = [dataFolder, target?.account, target?.database.id, target?.index];
  const digest = createHash('sha256')
    .update(JSON.stringify([options, store]))
    .digest('hex')
    .slice(0, 12);
  const { version } = context.extension.packageJSON as { readonly version: string };
  return new vscode.McpStdioServerDefinition(
    SERVER_LABEL,
    process.execPath,
    [context.asAbsolutePath('dist/mcpServer.js'), ...options],
    environment,
    `${version}-${digest}`,
  );
};
