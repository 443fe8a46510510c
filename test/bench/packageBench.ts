import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { packagedExtension } from '../harness/extension.ts';
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

/** Sizes of the packaged extension. */
export const packageBench = async (root: string): Promise<Figure[]> => {
  const vsix = await packagedExtension();
  const loaded = [...staticClosure(path.join(root, 'dist/extension.js'))];
  const bytes = loaded.reduce((sum, file) => sum + statSync(file).size, 0);
  return [
    { what: 'VSIX', value: statSync(vsix).size / 1e6, unit: 'MB', target: { atMost: 12 } },
    { what: 'bundle loaded at activation', value: bytes / 1000, unit: 'KB', target: { atMost: 400 } },
  ];
};
