import path from 'node:path';
import type { ReadableFolder } from '../mcp/fileReader.ts';
import { currentProject } from './currentProject.ts';
import { commitOf, repositoryFolderOf } from './gitProject.ts';

/** A folder of this computer for agents to read; `named` and `isWorkspace` as `currentProject` takes them. */
export const readableFolder = (folder: string, named?: string, isWorkspace = false): ReadableFolder => {
  const { project, repository } = currentProject(folder, named, isWorkspace);
  const repositoryFolder = repositoryFolderOf(folder);
  return {
    path: path.resolve(folder),
    root: repositoryFolder ?? path.resolve(folder),
    commit: () => Promise.resolve(repositoryFolder && commitOf(repositoryFolder)),
    project: project === undefined ? undefined : { name: project, repository },
  };
};
