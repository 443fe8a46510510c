import * as vscode from 'vscode';
import { repositoryName } from '../memory/gitConfig.ts';
import { projectTag } from '../memory/projects.ts';
import { MAX_TAG_LENGTH, normaliseTag } from '../memory/tags.ts';
import { commitOf, repositoryOf } from './gitRepository.ts';

/** The project that a file or window belongs to. */
export interface Project {
  /** Normalised like a tag: what stands after `proj:`. */
  readonly name: string;
  /** Where its repository comes from, without credentials. */
  readonly repository: string | undefined;
  /** What paths of its files are relative to: the folder of the repository, else of the workspace. */
  readonly root: vscode.Uri;
  /** The commit that is checked out now. */
  commit(): Promise<string | undefined>;
}

/** The longest name that still makes a tag with its prefix. */
const NAME_LENGTH = MAX_TAG_LENGTH - projectTag('').length;

const projectName = (name: string): string => normaliseTag(name.slice(0, NAME_LENGTH)) ?? 'root';

/** The workspace folder of the file that a person is at. */
export const activeFolder = (): vscode.WorkspaceFolder | undefined => {
  const document = vscode.window.activeTextEditor?.document;
  return document && vscode.workspace.getWorkspaceFolder(document.uri);
};

/** How long a folder is not looked at again. A repository may get its remote at any time. Milliseconds. */
const LIFETIME = 5000;

/** Names projects after the git remote `origin`, else after the workspace folder, as they are now. */
export class Projects {
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly project: Promise<Project>; readonly until: number }>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The project of the active editor's workspace folder, or of the first folder where no file is open. */
  async current(): Promise<Project | undefined> {
    const folder = activeFolder() ?? vscode.workspace.workspaceFolders?.[0];
    return folder && (await this.#of(folder));
  }

  /** The project of the workspace folder that holds `file`. */
  async of(file: vscode.Uri): Promise<Project | undefined> {
    const folder = vscode.workspace.getWorkspaceFolder(file);
    return folder && (await this.#of(folder));
  }

  #of(folder: vscode.WorkspaceFolder): Promise<Project> {
    const key = folder.uri.toString();
    const known = this.#known.get(key);
    if (known !== undefined && this.#now() < known.until) return known.project;
    const project = this.#find(folder);
    this.#known.set(key, { project, until: this.#now() + LIFETIME });
    return project;
  }

  async #find(folder: vscode.WorkspaceFolder): Promise<Project> {
    const repository = await repositoryOf(folder.uri);
    const origin = repository?.origin;
    const name = (origin === undefined ? undefined : repositoryName(origin)) ?? folder.name;
    return {
      name: projectName(name),
      repository: origin,
      root: repository?.root ?? folder.uri,
      commit: async () => repository && (await commitOf(repository)),
    };
  }
}
