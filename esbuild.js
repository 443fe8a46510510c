/** Builds dist/: `node esbuild.js [--production] [--watch]`. */
import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { build, context } from 'esbuild';
import { buildUseLite } from './src/local/useLite/build/buildUseLite.ts';

const production = process.argv.includes('--production');

/** Code-split ES modules: what is imported with `import()` becomes a chunk that activation does not load. */
const node = {
  entryPoints: {
    extension: 'src/extension.ts',
    storeWorker: 'src/local/storeWorker.ts',
    embedderWorker: 'src/local/embedderWorker.ts',
    mapWorker: 'src/local/map/mapWorker.ts',
    cli: 'src/cli/main.ts',
    mcpServer: 'src/cli/mcpServer.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  external: ['vscode'],
  // Its other build can not be bundled.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
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

/** One script and one style sheet for each webview: `src/webview/NAME/main.ts` becomes dist/webview/NAME.js and .css. */
const webview = {
  entryPoints: Object.fromEntries(
    globSync('src/webview/*/main.ts').map((file) => [basename(dirname(file)), file]),
  ),
  outdir: 'dist/webview',
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: 'chrome138',
  minify: production,
  sourcemap: production ? false : 'linked',
  loader: { '.ttf': 'file' },
  metafile: true,
  logLevel: 'warning',
};

await rm('dist', { recursive: true, force: true });
await buildUseLite('dist/use-lite');
if (process.argv.includes('--watch')) {
  const watchers = await Promise.all(
    [node, webview].map((options) => context({ ...options, logLevel: 'info' })),
  );
  await Promise.all(watchers.map((watcher) => watcher.watch()));
} else {
  await Promise.all([node, webview].map((options) => build(options)));
}
