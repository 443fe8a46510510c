import { rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { artifacts, root } from './paths.ts';

/** Bundles the tests and their entry as CommonJS, which the extension host's `require('vscode')` needs; gives the entry. */
export async function bundleHostTests(): Promise<string> {
  const outdir = path.join(artifacts, 'host-tests');
  await rm(outdir, { recursive: true, force: true });
  await build({
    entryPoints: [path.join(root, 'test/vscode/hostEntry.ts'), path.join(root, 'test/vscode/**/*.test.ts')],
    outbase: path.join(root, 'test/vscode'),
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    // As in the extension: its other build can not be bundled.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return path.join(outdir, 'hostEntry.cjs');
}

if (import.meta.main) await bundleHostTests();
