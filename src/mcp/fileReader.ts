export interface FileQuery {
  readonly recursive: boolean;
  /** With their dots, lower-case: `.md`. */
  readonly extensions: readonly string[];
  readonly limit: number;
}

export interface FoundFiles {
  /** Relative to the folder that the reader is bound to, with `/`. */
  readonly paths: readonly string[];
  /** There were more than the limit. */
  readonly more: boolean;
}

/** Text files of one folder, and of nothing outside of it. Rejects with a `MemoryError` that names the path: `not-found` where there is none. */
export interface FileReader {
  /** The path relative to the reader's folder, and the text. */
  read(path: string): Promise<{ readonly path: string; readonly text: string }>;
  /** Leaves out what .gitignore names. */
  find(folder: string, query: FileQuery): Promise<FoundFiles>;
}
