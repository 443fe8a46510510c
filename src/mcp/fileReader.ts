import type { CodeFiles } from '../memory/codeStates.ts';
import type { Memory, MemorySource } from '../memory/memory.ts';
import type { ProjectHere } from '../memory/repositories.ts';

/** A folder whose files agents may read, and how memories name what lies in it. */
export interface ReadableFolder {
  /** Absolute. */
  readonly path: string;
  /** What memories' paths are relative to: the folder of its repository, else the folder itself. Absolute. */
  readonly root: string;
  /** Undefined where it belongs to none. */
  readonly project: ProjectHere | undefined;
  /** What is checked out now. */
  readonly commit?: (() => Promise<string | undefined>) | undefined;
}

export interface FileQuery {
  readonly recursive: boolean;
  /** With their dots, lower-case: `.md`. */
  readonly extensions: readonly string[];
  readonly limit: number;
}

export interface FoundFiles {
  /** As `read` takes them. */
  readonly paths: readonly string[];
  /** There were more than the limit. */
  readonly more: boolean;
}

export interface FileText {
  readonly text: string;
  /** The place as memories keep it. */
  readonly source: Pick<MemorySource, 'repository' | 'commit'> & { readonly path: string };
  /** Name of the project that the file belongs to. */
  readonly project: string | undefined;
}

/**
 * Text files of some folders, and of nothing outside of them. Rejects with a `MemoryError` that names the path:
 * `not-found` where there is none. As `CodeFiles` it reads, for comparing only, what memories of its projects came from.
 */
export interface FileReader extends CodeFiles {
  /** A path that is absolute, or relative to a folder. */
  read(path: string): Promise<FileText>;
  /** What is checked out now of the repository that a memory came from. */
  commitOf(memory: Memory): Promise<string | undefined>;
  /** Leaves out what .gitignore names; `.` means all folders. */
  find(folder: string, query: FileQuery): Promise<FoundFiles>;
}
