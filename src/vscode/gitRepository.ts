import path from 'node:path';
import * as vscode from 'vscode';
import { originUrl } from '../memory/gitConfig.ts';

/** A git repository as its files describe it. */
export interface Repository {
  /** The folder that holds `.git`. */
  readonly root: vscode.Uri;
  /** The URL of the remote `origin`, without credentials. */
  readonly origin: string | undefined;
  /** Holds HEAD: of a worktree its own. */
  readonly directory: vscode.Uri;
  /** Holds config and refs: a worktree shares them with the main one. */
  readonly common: vscode.Uri;
}

/**
 * The repository that holds `folder`; undefined where there is none. Read through VS Code's file system, so that it
 * also works for folders of another machine, and without the git extension, which runs elsewhere in remote windows.
 */
export async function repositoryOf(folder: vscode.Uri): Promise<Repository | undefined> {
  for (let root = folder; ; root = vscode.Uri.joinPath(root, '..')) {
    const directories = await gitDirectories(vscode.Uri.joinPath(root, '.git'));
    if (directories) {
      const config = await readText(vscode.Uri.joinPath(directories.common, 'config'));
      return { root, origin: config === undefined ? undefined : originUrl(config), ...directories };
    }
    if (root.path === '/' || path.posix.dirname(root.path) === root.path) return undefined;
  }
}

/** The commit that is checked out, as git names it; undefined before the first one. */
export async function commitOf({ directory, common }: Repository): Promise<string | undefined> {
  const head = (await readText(vscode.Uri.joinPath(directory, 'HEAD')))?.trim() ?? '';
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  if (ref === undefined) return commitIn(head);
  const loose = await readText(vscode.Uri.joinPath(common, ref));
  if (loose !== undefined) return commitIn(loose.trim());
  const packed = (await readText(vscode.Uri.joinPath(common, 'packed-refs'))) ?? '';
  return commitIn(
    packed
      .split('\n')
      .find((line) => line.trim().endsWith(` ${ref}`))
      ?.split(' ')[0] ?? '',
  );
}

/** Hexadecimal: SHA-1 or SHA-256. */
const commitIn = (text: string): string | undefined =>
  /^(?:[\da-f]{40}|[\da-f]{64})$/.test(text) ? text : undefined;

/**
 * `.git` is a folder, or in worktrees and submodules a file that names one; a worktree's folder names the main one
 * in `commondir` (gitrepository-layout(5)).
 */
async function gitDirectories(
  dotGit: vscode.Uri,
): Promise<Pick<Repository, 'directory' | 'common'> | undefined> {
  const type = await vscode.workspace.fs.stat(dotGit).then(
    (stat) => stat.type,
    () => undefined,
  );
  if (type === undefined) return undefined;
  if (type & vscode.FileType.Directory) return { directory: dotGit, common: dotGit };
  const target = /^gitdir:\s*(.+)$/m.exec((await readText(dotGit)) ?? '')?.[1];
  if (target === undefined) return undefined;
  const directory = resolve(vscode.Uri.joinPath(dotGit, '..'), target.trim());
  const common = await readText(vscode.Uri.joinPath(directory, 'commondir'));
  return { directory, common: common === undefined ? directory : resolve(directory, common.trim()) };
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
