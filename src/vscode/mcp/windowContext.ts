import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import type { AgentAct } from '../../memory/agentActs.ts';
import type { ReadableFolder } from '../../mcp/fileReader.ts';
import type { McpContext } from '../../mcp/mcpContext.ts';
import { narrower, type RelayOrigin } from '../../mcp/relayHeaders.ts';
import { WorkspaceFiles } from '../../mcp/workspaceFiles.ts';
import type { Services } from '../services.ts';
import type { AgentActivity } from './agentActivity.ts';
import { agentSettings } from './agentSettings.ts';
import { windowApproval } from './windowApproval.ts';
import { usesProjects, workspaceFolders } from './workspacePlace.ts';

/**
 * The surroundings of a call in this window. A relay that works in another workspace says itself which project that is
 * and what agents are limited to there, and reads no files of this window's.
 */
export const windowContext = async (
  services: Services,
  activity: AgentActivity,
  origin: RelayOrigin = {},
): Promise<McpContext> => {
  const settings = agentSettings();
  const common = {
    version: String((services.context.extension.packageJSON as { version: unknown }).version),
    client: origin.client ?? `${vscode.env.appName} ${vscode.version}`,
    person: userInfo().username,
    settings,
    approval: windowApproval,
    record: (act: AgentAct) => activity.record(act),
  };
  const { folders: theirs } = origin;
  const shared = workspaceFolders().filter(({ uri }) => theirs?.includes(uri.fsPath) ?? true);
  if (theirs !== undefined && shared.length === 0)
    return { ...common, project: origin.project, settings: narrower(settings, origin.settings) };
  const project = usesProjects(services, settings) ? await services.projects.current() : undefined;
  const readable = await Promise.all(shared.map((folder) => readableFolder(services, folder)));
  return {
    ...common,
    project: project?.name,
    repository: project?.repository,
    ...(readable.length > 0 && { files: new WorkspaceFiles(readable) }),
  };
};

const readableFolder = async (
  { projects }: Services,
  { uri }: vscode.WorkspaceFolder,
): Promise<ReadableFolder> => {
  const project = await projects.of(uri);
  return {
    path: uri.fsPath,
    root: (project?.root ?? uri).fsPath,
    project,
    commit: async () => project?.commit(),
  };
};
