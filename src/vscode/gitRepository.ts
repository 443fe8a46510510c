import path from 'node:path';
import * as vscode from 'vscode';

/**
 * The URL of the remote `origin` of the repository that holds `folder`, without credentials; undefined where
 * there is none. Read from .git/config through VS Code's file system, so that it also works for folders of
 * another machine, and without the git extension, which runs elsewhere in remote windows.
 */
export async function originOf(folder: vscode.Uri): Promise<string | undefined> {
  for (let place = folder; ; place = vscode.Uri.joinPath(place, '..')) {
    const directory = await gitDirectory(vscode.Uri.joinPath(place, '.git'));
    if (directory) {
      const config = await readText(vscode.Uri.joinPath(directory, 'config'));
      return config === undefined ? undefined : originUrl(config);
    }
    if (place.path === '/' || path.posix.dirname(place.path) === place.path) return undefined;
  }
}

/**
 * Where the repository's config lies. `.git` is a folder, or in worktrees and submodules a file that names one;
 * a worktree's folder names the main one in `commondir` (gitrepository-layout(5)).
 */
async function gitDirectory(dotGit: vscode.Uri): Promise<vscode.Uri | undefined> {
  const type = await vscode.workspace.fs.stat(dotGit).then(
    (stat) => stat.type,
    () => undefined,
  );
  if (type === undefined) return undefined;
  if (type & vscode.FileType.Directory) return dotGit;
  const target = /^gitdir:\s*(.+)$/m.exec((await readText(dotGit)) ?? '')?.[1];
  if (target === undefined) return undefined;
  const directory = resolve(vscode.Uri.joinPath(dotGit, '..'), target.trim());
  const common = await readText(vscode.Uri.joinPath(directory, 'commondir'));
  return common === undefined ? directory : resolve(directory, common.trim());
}

const resolve = (base: vscode.Uri, target: string): vscode.Uri =>
  path.posix.isAbsolute(target) || path.win32.isAbsolute(target)
    ? base.with({ path: target.replaceAll('\\', '/').replace(/^(?=[a-z]:)/i, '/') })
    : vscode.Uri.joinPath(base, target);

const readText = async (uri: vscode.Uri): Promise<string | undefined> => {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
};

/** `url` of the section `[remote "origin"]` of a git config. */
export function originUrl(config: string): string | undefined {
  const section = /^\s*\[remote "origin"\]([^[]*)/m.exec(config)?.[1];
  const url = section && /^\s*url\s*=\s*(.+?)\s*$/m.exec(section)?.[1];
  return url ? withoutCredentials(url.replace(/^"(.*)"$/, '$1')) : undefined;
}

const withoutCredentials = (url: string): string => url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1');

/** The last part of a remote's URL or path: `git@github.com:owner/Name.git` is `Name`. */
export const repositoryName = (url: string): string | undefined =>
  /([^/:\\]+?)(?:\.git)?[/\\]*$/.exec(url)?.[1];
