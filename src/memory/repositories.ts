import type { Memory } from './memory.ts';
import { projectsOf } from './projects.ts';

/** A project that files lie in. */
export interface ProjectHere {
  /** Normalised, as in the tag `proj:<name>`. */
  readonly name: string;
  /** The URL of its remote `origin`, without credentials. */
  readonly repository: string | undefined;
}

/** What two URLs of one repository have in common, whichever protocol and user they name: `github.com/owner/name`. */
export const repositoryKey = (url: string): string =>
  url
    .trim()
    .replace(/^[a-z+]+:\/\//i, '')
    .replace(/^[^/]*@/, '')
    .replace(/^([^/:]+):(?:\d+\/)?(?=[^\\])/, '$1/')
    .replace(/(?:\.git)?[/\\]*$/, '')
    .toLowerCase();

/** Whether a memory that names the path of a file of this project means that file, and no namesake elsewhere. */
export const belongsTo = ({ source, tags }: Memory, { name, repository }: ProjectHere): boolean =>
  repository === undefined || source?.repository === undefined
    ? source?.repository === repository && projectsOf(tags).includes(name)
    : repositoryKey(source.repository) === repositoryKey(repository);

/** The path of the file that a memory came from, relative to this project; undefined where it lies elsewhere. */
export const pathIn = (memory: Memory, project: ProjectHere): string | undefined => {
  const path = memory.source?.path;
  const isElsewhere =
    path === undefined || /^(?:~|[\\/]|[a-z]:)/i.test(path) || path.split(/[\\/]/).includes('..');
  return isElsewhere || !belongsTo(memory, project) ? undefined : path;
};
