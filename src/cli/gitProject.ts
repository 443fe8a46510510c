import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface GitProject {
  readonly name: string;
  /** URL of the remote `origin`, without credentials. */
  readonly repository: string;
}

/** The project of a folder: its git repository's remote `origin`; undefined outside of repositories with one. */
export const gitProjectOf = (folder: string): GitProject | undefined => {
  const config = configAbove(path.resolve(folder));
  const section = config && /^\s*\[remote "origin"\]([^[]*)/m.exec(config)?.[1];
  const url = section && /^\s*url\s*=\s*"?(.+?)"?\s*$/m.exec(section)?.[1];
  if (!url) return undefined;
  const repository = url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1');
  const name = /([^/:\\]+?)(?:\.git)?[/\\]*$/.exec(repository)?.[1];
  return name === undefined ? undefined : { name, repository };
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

/** `.git` is a folder, or in worktrees and submodules a file that names one (gitrepository-layout(5)). */
const configIn = (dotGit: string): string | undefined => {
  const direct = textOf(path.join(dotGit, 'config'));
  const target = direct === undefined ? /^gitdir:\s*(.+)$/m.exec(textOf(dotGit) ?? '')?.[1] : undefined;
  if (target === undefined) return direct;
  const directory = path.resolve(path.dirname(dotGit), target.trim());
  const common = textOf(path.join(directory, 'commondir'));
  return textOf(
    path.join(common === undefined ? directory : path.resolve(directory, common.trim()), 'config'),
  );
};

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
