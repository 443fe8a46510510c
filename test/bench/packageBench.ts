import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Figure } from './measure.ts';

/** Files that activation loads: what the entry imports statically, and so on. */
const staticClosure = (entry: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const [, target] of readFileSync(entry, 'utf8').matchAll(
    /(?:^|[;\n}])\s*(?:import|export)[^;'"()]*?["'](\.[^"']+)["']/g,
  ))
    if (target !== undefined) staticClosure(path.resolve(path.dirname(entry), target), seen);
  return seen;
};

/** Sizes of the packaged extension; nothing where it was not packaged. */
export const packageBench = (root: string): Figure[] => {
  const vsix = readdirSync(root).find((name) => name.endsWith('.vsix'));
  const entry = path.join(root, 'dist/extension.js');
  if (vsix === undefined || !existsSync(entry)) return [];
  const loaded = [...staticClosure(entry)].reduce((sum, file) => sum + statSync(file).size, 0);
  return [
    { what: 'VSIX', value: statSync(path.join(root, vsix)).size / 1e6, unit: 'MB', target: { atMost: 12 } },
    { what: 'bundle loaded at activation', value: loaded / 1000, unit: 'KB', target: { atMost: 400 } },
  ];
};
