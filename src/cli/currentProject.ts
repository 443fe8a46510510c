import path from 'node:path';
import { projectTag } from '../memory/projects.ts';
import { MAX_TAG_LENGTH, normaliseTag } from '../memory/tags.ts';
import { gitProjectOf, repositoryFolderOf } from './gitProject.ts';

export interface CurrentProject {
  /** Normalised, as in the tag `proj:<name>`. */
  readonly project?: string;
  /** URL of its repository, without credentials. */
  readonly repository?: string;
}

/** The longest name that still makes a tag with its prefix. */
const LENGTH = MAX_TAG_LENGTH - projectTag('').length;

/**
 * The project of a folder: as it was named, or EDGE_MEMORY_PROJECT says, else of its git remote, else its repository's
 * folder, else, where that is known to be a workspace, the folder itself; the same name that the editor gives it.
 */
export const currentProject = (folder: string, named?: string, isWorkspace = false): CurrentProject => {
  const git = gitProjectOf(folder);
  const root = repositoryFolderOf(folder) ?? (isWorkspace ? path.resolve(folder) : undefined);
  const names = [named, process.env['EDGE_MEMORY_PROJECT'], git?.name, root && path.basename(root)];
  const name = names.find((name) => name);
  const project = name === undefined ? undefined : normaliseTag(name.slice(0, LENGTH));
  return {
    ...(project !== undefined && { project }),
    ...(git !== undefined && { repository: git.repository }),
  };
};
