import { readFile } from 'node:fs/promises';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** What no .gitignore needs to name. */
const NEVER = ['.git', 'node_modules'];

/** The patterns of one .gitignore. */
export interface IgnoreRules {
  /** Absolute folder that the patterns are relative to. */
  readonly folder: string;
  readonly rules: Ignore;
}

/** The rules that a folder adds; none where it has no .gitignore. */
export const rulesIn = async (folder: string): Promise<IgnoreRules[]> => {
  const text = await readFile(path.join(folder, '.gitignore'), 'utf8').catch(() => undefined);
  return text === undefined ? [] : [{ folder, rules: ignore().add(text) }];
};

/** The rules of the folders from `root` down to the one above `folder`, which lies within it. */
export const rulesAbove = async (root: string, folder: string): Promise<IgnoreRules[]> => {
  const steps = path
    .relative(root, folder)
    .split(path.sep)
    .filter((step) => step !== '');
  const folders = steps.map((_, i) => path.join(root, ...steps.slice(0, i)));
  return (await Promise.all(folders.map(rulesIn))).flat();
};

/** gitignore(5): the deepest file that has something to say about a path decides. */
export const isIgnored = (place: string, isFolder: boolean, all: readonly IgnoreRules[]): boolean => {
  if (NEVER.includes(path.basename(place))) return true;
  for (const { folder, rules } of all.toReversed()) {
    const relative = path.relative(folder, place).split(path.sep).join('/');
    const { ignored, unignored } = rules.test(isFolder ? `${relative}/` : relative);
    if (ignored || unignored) return ignored;
  }
  return false;
};
