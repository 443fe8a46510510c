import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import type { AgentAct } from '../../memory/agentActs.ts';
import type { McpContext } from '../../mcp/mcpContext.ts';
import { narrower, type RelayOrigin } from '../../mcp/relayHeaders.ts';
import { WorkspaceFiles } from '../../mcp/workspaceFiles.ts';
import type { Services } from '../services.ts';
import type { AgentActivity } from './agentActivity.ts';
import { agentSettings } from './agentSettings.ts';
import { windowApproval } from './windowApproval.ts';
import { localFolders, usesProjects } from './workspacePlace.ts';

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
  const folders = localFolders();
  if (origin.workspace !== undefined && !folders.includes(origin.workspace))
    return { ...common, project: origin.project, settings: narrower(settings, origin.settings) };
  const project = usesProjects(services, settings) ? await services.projects.current() : undefined;
  const root = origin.workspace ?? folders[0];
  return {
    ...common,
    project: project?.name,
    repository: project?.repository,
    ...(root !== undefined && { files: new WorkspaceFiles(root) }),
  };
};
