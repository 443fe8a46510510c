import * as vscode from 'vscode';
import type { McpSettings } from '../../mcp/mcpContext.ts';
import type { Services } from '../services.ts';

/** The workspace folders on this machine. */
export const workspaceFolders = (): vscode.WorkspaceFolder[] =>
  (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');

/** The same as absolute paths. */
export const localFolders = (): string[] => workspaceFolders().map(({ uri }) => uri.fsPath);

/** Whether what agents store is given to a project. */
export const usesProjects = (
  { settings }: Pick<Services, 'settings'>,
  { onlyProject }: McpSettings,
): boolean => settings.tagWithProject || onlyProject === true;
