import path from 'node:path';
import type { ReadableFolder } from '../mcp/fileReader.ts';
import { currentProject } from './currentProject.ts';
import { repositoryFolderOf } from './gitProject.ts';

/** A folder of this computer for agents to read; `named` and `isWorkspace` as `currentProject` takes them. */
export const readableFolder = (folder: string, named?: string, isWorkspace = false): ReadableFolder => {
  const { project, repository } = currentProject(folder, named, isWorkspace);
  return {
    path: path.resolve(folder),
    root: repositoryFolderOf(folder) ?? path.resolve(folder),
    project: project === undefined ? undefined : { name: project, repository },
  };
};
