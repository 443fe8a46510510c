import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Memory, MemorySource } from '../../memory/memory.ts';
import { belongsTo } from '../../memory/repositories.ts';
import type { Project, Projects } from '../projects.ts';

/** Where a file lies, as a memory keeps it. */
export type Place = Pick<MemorySource, 'path' | 'repository' | 'commit'>;

/** The place of a file; nothing of it for text that lies in none. */
export async function placeOf(projects: Projects, file: vscode.Uri): Promise<Place> {
  const project = await projects.of(file);
  return {
    path: pathOf(file, project),
    repository: project?.repository,
    commit: await project?.commit(),
  };
}

/** Relative to the project; elsewhere the whole path, the home folder as `~`. */
export function pathOf(file: vscode.Uri, project: Project | undefined): string | undefined {
  if (project) return path.posix.relative(project.root.path, file.path);
  if (file.scheme !== 'file') return undefined;
  const home = homedir();
  return file.fsPath.startsWith(home + path.sep) ? `~${file.fsPath.slice(home.length)}` : file.fsPath;
}

/** The file that a memory came from, where its project is open here or it lies in none; it need not exist any more. */
export async function fileOf(projects: Projects, memory: Memory): Promise<vscode.Uri | undefined> {
  const file = memory.source?.path;
  if (file === undefined || file.split(/[\\/]/).includes('..')) return undefined;
  if (file.startsWith('~')) return vscode.Uri.file(path.join(homedir(), file.slice(1)));
  if (path.isAbsolute(file)) return vscode.Uri.file(file);
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const project = await projects.of(folder.uri);
    if (project && belongsTo(memory, project)) return vscode.Uri.joinPath(project.root, file);
  }
  return undefined;
}
