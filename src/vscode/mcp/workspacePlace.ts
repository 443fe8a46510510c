import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** The workspace folders on this machine, as absolute paths. */
export const localFolders = (): string[] =>
  (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);

/** The project that agents work in; none where memories are not to be given to projects. */
export const agentProject = async ({ projects, settings }: Services, onlyProject: boolean | undefined) =>
  settings.tagWithProject || onlyProject ? projects.current() : undefined;
