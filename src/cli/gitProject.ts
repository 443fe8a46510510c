import { readFileSync } from 'node:fs';
import path from 'node:path';
import { originUrl, repositoryName } from '../memory/gitConfig.ts';

export interface GitProject {
  readonly name: string;
  /** URL of the remote `origin`, without credentials. */
  readonly repository: string;
}

/** The project of a folder: its git repository's remote `origin`; undefined outside of repositories with one. */
export const gitProjectOf = (folder: string): GitProject | undefined => {
  const config = configAbove(path.resolve(folder));
  const repository = config === undefined ? undefined : originUrl(config);
  const name = repository === undefined ? undefined : repositoryName(repository);
  return repository === undefined || name === undefined ? undefined : { name, repository };
};

/** The nearest folder above, or the folder itself, that is a git repository. */
export const repositoryFolderOf = (folder: string): string | undefined => {
  for (let place = path.resolve(folder); ; place = path.dirname(place)) {
    if (configIn(path.join(place, '.git')) !== undefined) return place;
    if (place === path.dirname(place)) return undefined;
  }
};

const configAbove = (folder: string): string | undefined => {
  for (let place = folder; ; place = path.dirname(place)) {
    const config = configIn(path.join(place, '.git'));
    if (config !== undefined || place === path.dirname(place)) return config;
  }
};

/** The commit that is checked out in a repository's folder, as git names it; undefined before the first one. */
export const commitOf = (repositoryFolder: string): string | undefined => {
  const { own, common } = gitFoldersOf(path.join(repositoryFolder, '.git'));
  const head = textOf(path.join(own, 'HEAD'))?.trim() ?? '';
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  const packed = (ref: string): string | undefined =>
    textOf(path.join(common, 'packed-refs'))
      ?.split('\n')
      .find((line) => line.trim().endsWith(` ${ref}`))
      ?.split(' ')[0];
  const commit = ref === undefined ? head : (textOf(path.join(common, ref))?.trim() ?? packed(ref) ?? '');
  return /^(?:[\da-f]{40}|[\da-f]{64})$/.test(commit) ? commit : undefined;
};

const configIn = (dotGit: string): string | undefined =>
  textOf(path.join(gitFoldersOf(dotGit).common, 'config'));

/**
 * `.git` is a folder, or in worktrees and submodules a file that names one, and a worktree's folder names the main one
 * (gitrepository-layout(5)). HEAD lies in a worktree's `own`; config and branches in what is `common` to all.
 */
const gitFoldersOf = (dotGit: string): { readonly own: string; readonly common: string } => {
  const target = /^gitdir:\s*(.+)$/m.exec(textOf(dotGit) ?? '')?.[1];
  if (target === undefined) return { own: dotGit, common: dotGit };
  const own = path.resolve(path.dirname(dotGit), target.trim());
  const common = textOf(path.join(own, 'commondir'));
  return { own, common: common === undefined ? own : path.resolve(own, common.trim()) };
};

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
