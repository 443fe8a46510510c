import * as vscode from 'vscode';
import type { McpSettings } from '../../mcp/mcpContext.ts';
import { SECTION } from '../settings.ts';

export type AgentNotice = 'notification' | 'statusBar' | 'off';

/** The setting `edgeMemory.agents.<name>` at each place that states it. */
const stated = <T>(name: string): T[] => {
  const found = vscode.workspace.getConfiguration(SECTION).inspect<T>(`agents.${name}`);
  return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].filter(
    (value): value is NonNullable<typeof value> => value !== undefined,
  );
};

/** On as soon as one place says so: a workspace can narrow what agents may do, and never widen it. */
const isOnAnywhere = (name: string): boolean => stated<boolean>(name).includes(true);

/** The same for what is on where nobody says otherwise. */
export const isOffAnywhere = (name: string): boolean => stated<boolean>(name).includes(false);

/** What agents may do, as the settings are now. */
export const agentSettings = (): McpSettings => ({
  readOnly: isOnAnywhere('readOnly'),
  onlyProject: isOnAnywhere('onlyProject'),
  confirmStores: isOnAnywhere('confirmStores'),
  olderNames: vscode.workspace.getConfiguration(SECTION).get('agents.olderNames', false),
  disabledTools: [...new Set(stated<readonly string[]>('disabledTools').flat())].sort(),
});

export const agentNotice = (): AgentNotice =>
  vscode.workspace.getConfiguration(SECTION).get<AgentNotice>('agents.notice', 'notification');
