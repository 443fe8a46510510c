import path from 'node:path';
import type { ReadableFolder } from '../../../src/mcp/fileReader.ts';

/** A folder of the project `shop`; `root`: of the repository that it is a part of. */
export const folderAt = (folder: string, more: Partial<ReadableFolder> = {}): ReadableFolder => ({
  path: path.resolve(folder),
  root: path.resolve(folder),
  project: { name: 'shop', repository: undefined },
  commit: () => Promise.resolve('c'.repeat(40)),
  ...more,
});
