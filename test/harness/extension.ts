import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { root } from './paths.ts';
import { npm, run } from './processes.ts';

const vsix = path.join(root, 'edge-memory.vsix');

/** dist/, built anew where a source is newer. */
export async function builtExtension(): Promise<string> {
  if (await isStale(path.join(root, 'dist/extension.js'))) await run(...npm('run', '-s', 'build'));
  return root;
}

/** The VSIX as it is published, packaged anew where a source is newer. */
export async function packagedExtension(): Promise<string> {
  if (await isStale(vsix)) await run(...npm('run', '-s', 'package'));
  return vsix;
}

async function isStale(file: string): Promise<boolean> {
  return !existsSync(file) || statSync(file).mtimeMs < (await newestSource());
}

async function newestSource(): Promise<number> {
  const isSource = /^(src|media|l10n)$|^(package.*\.json|esbuild\.js|\.vscodeignore|.*\.md|LICENSE)$/;
  const names = (await readdir(root)).filter((name) => isSource.test(name));
  const within = await Promise.all(names.map((name) => filesBelow(path.join(root, name))));
  return Math.max(...within.flat().map((file) => statSync(file).mtimeMs));
}

/** The files below a folder and the folder itself (a removed file changes only its folder); a file stands for itself. */
async function filesBelow(file: string): Promise<string[]> {
  if (!statSync(file).isDirectory()) return [file];
  const below = await readdir(file, { recursive: true });
  return [file, ...below.map((name) => path.join(file, name))];
}
