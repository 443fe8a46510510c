import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import type { AgentAct } from '../../memory/agentActs.ts';
import type { ReadableFolder } from '../../mcp/fileReader.ts';
import type { McpContext, McpSettings } from '../../mcp/mcpContext.ts';
import { narrower, type RelayOrigin } from '../../mcp/relayHeaders.ts';
import { WorkspaceFiles } from '../../mcp/workspaceFiles.ts';
import { activeFolder, type Project } from '../projects.ts';
import type { Services } from '../services.ts';
import type { AgentActivity } from './agentActivity.ts';
import { agentSettings } from './agentSettings.ts';
import { windowApproval } from './windowApproval.ts';
import { usesProjects, workspaceFolders } from './workspacePlace.ts';

/**
 * The surroundings of a call in this window. A relay says itself which project it works in and what agents are limited
 * to there: this window may narrow that and never widen it, and lets it read files of the folders that both have.
 */
export const windowContext = async (
  services: Services,
  activity: AgentActivity,
  origin: RelayOrigin = {},
): Promise<McpContext> => {
  const settings = narrower(agentSettings(), origin.settings);
  const { folders: theirs } = origin;
  const shared = workspaceFolders().filter(({ uri }) => theirs?.includes(uri.fsPath) ?? true);
  const readable = await Promise.all(shared.map((folder) => readableFolder(services, folder)));
  return {
    version: String((services.context.extension.packageJSON as { version: unknown }).version),
    client: origin.client ?? `${vscode.env.appName} ${vscode.version}`,
    person: userInfo().username,
    settings,
    approval: windowApproval,
    record: (act: AgentAct) => activity.record(act),
    ...(await projectOf(services, settings, shared, origin.project)),
    ...(readable.length > 0 && { files: new WorkspaceFiles(readable) }),
  };
};

/**
 * What is stored belongs to the project of the file that a person is at, if that lies in one of the agent's folders, else
 * to the one that its process was started for. An agent that is limited to a project keeps it, whatever is looked at.
 */
const projectOf = async (
  { projects, settings }: Pick<Services, 'projects' | 'settings'>,
  { onlyProject }: McpSettings,
  shared: readonly vscode.WorkspaceFolder[],
  named: string | undefined,
): Promise<Pick<McpContext, 'project' | 'repository'>> => {
  if (!usesProjects({ settings }, { onlyProject })) return { project: named };
  const [first] = shared;
  const active = onlyProject ? undefined : activeFolder();
  const isTheirs = active !== undefined && shared.some(({ uri }) => uri.fsPath === active.uri.fsPath);
  const folder = isTheirs ? active : named === undefined ? first : undefined;
  if (folder) return pick(await projects.of(folder.uri));
  const theirs = await Promise.all(shared.map(({ uri }) => projects.of(uri)));
  return { project: named, repository: theirs.find((project) => project?.name === named)?.repository };
};

const pick = (project: Project | undefined): Pick<McpContext, 'project' | 'repository'> => ({
  project: project?.name,
  repository: project?.repository,
});

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
