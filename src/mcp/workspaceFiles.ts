import { open, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { MemoryError, type MemoryErrorCode } from '../memory/errors.ts';
import type { Memory } from '../memory/memory.ts';
import { pathIn } from '../memory/repositories.ts';
import type { FileQuery, FileReader, FileText, FoundFiles, ReadableFolder } from './fileReader.ts';
import { type IgnoreRules, isIgnored, rulesAbove, rulesIn } from './ignoredFiles.ts';

const MAX_BYTES = 2 * 1024 * 1024;

/** A readable folder where it really lies, through links. */
interface Folder extends ReadableFolder {
  readonly real: string;
}

/** A file or folder that exists, within a folder that may be read. */
interface Place {
  readonly real: string;
  readonly folder: Folder;
}

/** The text files below some folders; nothing outside of them, not through a link either. */
export class WorkspaceFiles implements FileReader {
  readonly #folders: readonly ReadableFolder[];

  constructor(folders: readonly ReadableFolder[]) {
    this.#folders = folders;
  }

  async read(given: string): Promise<FileText> {
    const { real, folder } = await this.#placeOf(given);
    return {
      text: await textOf(given, real),
      source: {
        path: nameIn(folder, real),
        repository: folder.project?.repository,
        commit: await folder.commit?.(),
      },
      project: folder.project?.name,
    };
  }

  async find(given: string, { recursive, extensions, limit }: FileQuery): Promise<FoundFiles> {
    const paths: string[] = [];
    const walk = async (at: Place, above: readonly IgnoreRules[]): Promise<boolean> => {
      const all = [...above, ...(await rulesIn(at.real))];
      const entries = await readdir(at.real, { withFileTypes: true }).catch(asMemoryError(given));
      for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
        const place = { ...at, real: path.join(at.real, entry.name) };
        if (isIgnored(place.real, entry.isDirectory(), all)) continue;
        if (entry.isDirectory()) {
          if (recursive && (await walk(place, all))) return true;
        } else if (entry.isFile() && extensions.includes(path.extname(entry.name).toLowerCase())) {
          if (paths.length === limit) return true;
          paths.push(this.#givenNameOf(place));
        }
      }
      return false;
    };
    for (const start of await this.#startsOf(given)) {
      const root = await realpath(start.folder.root);
      const rules = await rulesAbove(isWithin(root, start.real) ? root : start.folder.real, start.real);
      if (await walk(start, rules)) return { paths, more: true };
    }
    return { paths, more: false };
  }

  fileOf(memory: Memory): Promise<string | undefined> {
    const folder = this.#folderOf(memory);
    return Promise.resolve(folder && path.join(folder.root, memory.source?.path ?? ''));
  }

  async commitOf(memory: Memory): Promise<string | undefined> {
    return this.#folderOf(memory)?.commit?.();
  }

  /** Anywhere in the repository of a folder, which may be a part of it only. */
  async textOf(file: string): Promise<string | undefined> {
    const real = await realIfAny(file);
    if (real === undefined) return undefined;
    const folders = this.#folders.flatMap((folder) => [folder.root, folder.path]);
    const allowed = await Promise.all(folders.map(realIfAny));
    if (!allowed.some((folder) => folder !== undefined && isWithin(folder, real)))
      throw this.#isOutside(file);
    return textOf(file, real);
  }

  /** The first one of the project that holds the file of a memory. */
  #folderOf(memory: Memory): ReadableFolder | undefined {
    return this.#folders.find(({ project }) => project && pathIn(memory, project) !== undefined);
  }

  /** What `read` and `find` take for a place: short where only one folder can be meant. */
  #givenNameOf({ real, folder }: Place): string {
    return this.#folders.length === 1 ? slashed(path.relative(folder.real, real)) : real;
  }

  async #startsOf(given: string): Promise<readonly Place[]> {
    if (!/^(?:\.[\\/]?)?$/.test(given)) return [await this.#placeOf(given)];
    const folders = await this.#realFolders();
    return folders.map((folder) => ({ real: folder.real, folder }));
  }

  /** Where a path leads that is absolute, relative to a folder, or begins with a folder's name. */
  async #placeOf(given: string): Promise<Place> {
    const folders = await this.#realFolders();
    const found = new Map<string, Place>();
    let isAnywhere = false;
    for (const candidate of this.#candidates(given)) {
      const real = await realIfAny(candidate);
      if (real === undefined) continue;
      isAnywhere = true;
      // The innermost of nested folders, as the editor has it.
      const [folder] = folders
        .filter((folder) => isWithin(folder.real, real))
        .toSorted((a, b) => b.real.length - a.real.length);
      if (folder) found.set(real, { real, folder });
    }
    const [place, ...others] = found.values();
    if (place === undefined)
      throw isAnywhere ? this.#isOutside(given) : refused(given, 'there is none', 'not-found');
    if (others.length > 0)
      throw new MemoryError(
        'invalid-input',
        `${given.slice(0, 200)} is in more than one folder of the workspace.`,
        `Name one of: ${[...found.keys()].join(', ')}.`,
      );
    return place;
  }

  #candidates(given: string): string[] {
    const [first = '', ...rest] = given.split(/[\\/]/);
    const named = this.#folders.filter(({ path: folder }) => path.basename(folder) === first);
    return [
      ...this.#folders.map((folder) => path.resolve(folder.path, given)),
      ...(this.#folders.length > 1 ? named.map((folder) => path.join(folder.path, ...rest)) : []),
    ];
  }

  /** Without those that are not there. */
  async #realFolders(): Promise<Folder[]> {
    const real = await Promise.all(this.#folders.map((folder) => realIfAny(folder.path)));
    return this.#folders.flatMap((folder, i) => {
      const place = real[i];
      return place === undefined ? [] : [{ ...folder, real: place }];
    });
  }

  #isOutside(given: string): MemoryError {
    return new MemoryError(
      'forbidden',
      `${given.slice(0, 200)} lies outside of the workspace.`,
      `Name a path inside ${this.#folders.map((folder) => folder.path).join(' or ')}.`,
    );
  }
}

const slashed = (name: string): string => name.split(path.sep).join('/');

const isWithin = (folder: string, place: string): boolean => {
  const relative = path.relative(folder, place);
  return relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
};

/** As memories name it: relative to the repository, by the way that leads there through the folder. */
const nameIn = (folder: Folder, real: string): string =>
  slashed(path.join(path.relative(folder.root, folder.path), path.relative(folder.real, real)));

const textOf = async (given: string, file: string): Promise<string> => {
  const handle = await open(file).catch(asMemoryError(given));
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw refused(given, 'it is no file');
    if (stat.size > MAX_BYTES) throw refused(given, `it has more than ${MAX_BYTES / 1024 / 1024} MiB`);
    return decode(given, await handle.readFile());
  } finally {
    await handle.close();
  }
};

const refused = (given: string, because: string, code: MemoryErrorCode = 'invalid-input'): MemoryError =>
  new MemoryError(
    code,
    `${given.slice(0, 200)} was not read: ${because}.`,
    'Name a text file of the workspace.',
  );

const asMemoryError = (given: string) => (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') throw refused(given, 'there is none', 'not-found');
  throw refused(given, error.code ?? error.message);
};

/** The real path; undefined where there is nothing. */
const realIfAny = (place: string): Promise<string | undefined> => realpath(place).catch(unlessMissing(place));

const unlessMissing =
  (given: string) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')
      throw refused(given, error.code ?? error.message);
  };

const decode = (given: string, bytes: Uint8Array): string => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\u0000')) return text;
  } catch {
    // Said below.
  }
  throw refused(given, 'it is no text in UTF-8');
};
