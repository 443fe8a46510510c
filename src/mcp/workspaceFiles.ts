import { open, readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { MemoryError, type MemoryErrorCode } from '../memory/errors.ts';
import type { FileQuery, FileReader, FoundFiles } from './fileReader.ts';

const MAX_BYTES = 2 * 1024 * 1024;
/** What no .gitignore needs to name. */
const NEVER = ['.git', 'node_modules'];

interface Rules {
  /** Absolute folder that the patterns are relative to. */
  readonly folder: string;
  readonly rules: Ignore;
}

/** The text files below a folder; nothing outside of it, not through a link either. */
export class WorkspaceFiles implements FileReader {
  readonly #root: string;

  constructor(root: string) {
    this.#root = path.resolve(root);
  }

  async read(given: string): Promise<{ path: string; text: string }> {
    const file = await this.#inside(given);
    const handle = await open(file).catch(asMemoryError(given));
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw refused(given, 'it is no file');
      if (stat.size > MAX_BYTES) throw refused(given, `it has more than ${MAX_BYTES / 1024 / 1024} MiB`);
      const bytes = await handle.readFile();
      return { path: await this.#relative(file), text: decode(given, bytes) };
    } finally {
      await handle.close();
    }
  }

  async find(given: string, { recursive, extensions, limit }: FileQuery): Promise<FoundFiles> {
    const start = await this.#inside(given);
    const paths: string[] = [];
    const walk = async (folder: string, above: readonly Rules[]): Promise<boolean> => {
      const all = [...above, ...(await rulesIn(folder))];
      const entries = await readdir(folder, { withFileTypes: true }).catch(asMemoryError(given));
      for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
        const place = path.join(folder, entry.name);
        if (NEVER.includes(entry.name) || isIgnored(place, entry.isDirectory(), all)) continue;
        if (entry.isDirectory()) {
          if (recursive && (await walk(place, all))) return true;
        } else if (entry.isFile() && extensions.includes(path.extname(entry.name).toLowerCase())) {
          if (paths.length === limit) return true;
          paths.push(await this.#relative(place));
        }
      }
      return false;
    };
    const more = await walk(start, await this.#rulesAbove(start));
    return { paths, more };
  }

  async #rulesAbove(folder: string): Promise<Rules[]> {
    const root = await realpath(this.#root);
    const between = path.relative(root, folder).split(path.sep).slice(0, -1);
    const folders = [root, ...between.map((_, i) => path.join(root, ...between.slice(0, i + 1)))];
    return (await Promise.all(folders.filter((above) => above !== folder).map(rulesIn))).flat();
  }

  async #relative(file: string): Promise<string> {
    return path
      .relative(await realpath(this.#root), file)
      .split(path.sep)
      .join('/');
  }

  /** The real path, of a file or folder that exists and lies within the root. */
  async #inside(given: string): Promise<string> {
    const root = await realpath(this.#root);
    const real = await realpath(path.resolve(root, given)).catch(asMemoryError(given));
    const relative = path.relative(root, real);
    if (relative.split(path.sep)[0] === '..' || path.isAbsolute(relative))
      throw new MemoryError(
        'forbidden',
        `${given.slice(0, 200)} lies outside of the workspace.`,
        `Name a path inside ${root}.`,
      );
    return real;
  }
}

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

const decode = (given: string, bytes: Uint8Array): string => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\u0000')) return text;
  } catch {
    // Said below.
  }
  throw refused(given, 'it is no text in UTF-8');
};

const rulesIn = async (folder: string): Promise<Rules[]> => {
  const text = await readFile(path.join(folder, '.gitignore'), 'utf8').catch(() => undefined);
  return text === undefined ? [] : [{ folder, rules: ignore().add(text) }];
};

/** gitignore(5): the deepest file that has something to say about a path decides. */
const isIgnored = (place: string, isFolder: boolean, all: readonly Rules[]): boolean => {
  for (const { folder, rules } of all.toReversed()) {
    const relative = path.relative(folder, place).split(path.sep).join('/');
    const { ignored, unignored } = rules.test(isFolder ? `${relative}/` : relative);
    if (ignored || unignored) return ignored;
  }
  return false;
};
