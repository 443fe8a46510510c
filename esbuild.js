/** Builds dist/: `node esbuild.js [--production] [--watch]`. */
import { rm } from 'node:fs/promises';
import { build, context } from 'esbuild';
import { buildUseLite } from './src/local/useLite/build/buildUseLite.ts';

const production = process.argv.includes('--production');

/** Code-split ES modules: what is imported with `import()` becomes a chunk that activation does not load. */
const node = {
  entryPoints: {
    extension: 'src/extension.ts',
    storeWorker: 'src/local/storeWorker.ts',
    embedderWorker: 'src/local/embedderWorker.ts',
    cli: 'src/cli/main.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  external: ['vscode'],
  // Bundled CommonJS packages call require() for Node's own modules.
  banner: {
    js: "import { createRequire as edgeMemoryCreateRequire } from 'node:module'; const require = edgeMemoryCreateRequire(import.meta.url);",
  },
  chunkNames: 'chunks/[name]-[hash]',
  minify: production,
  sourcemap: production ? false : 'linked',
  metafile: true,
  logLevel: 'warning',
};

await rm('dist', { recursive: true, force: true });
await buildUseLite('dist/use-lite');
if (process.argv.includes('--watch')) {
  const watcher = await context({ ...node, logLevel: 'info' });
  await watcher.watch();
} else {
  await build(node);
}
