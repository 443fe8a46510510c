/** Builds dist/: `node esbuild.js [--production] [--watch]`. */
import { globSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
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
  const [{ metafile }] = await Promise.all([build(node), build(webview)]);
  await joinStart(metafile.outputs);
}

/**
 * esbuild makes a chunk of whatever two others share: some thirty files, and VS Code would load each by itself when the
 * extension starts. Joins them into two, chunks/start.js and, for what needs VS Code (the terminal has none),
 * chunks/startInVsCode.js, and leaves modules in their place that hand on the same names.
 */
async function joinStart(outputs) {
  const start = 'dist/chunks/start.js';
  const startInVsCode = 'dist/chunks/startInVsCode.js';
  const entry = 'dist/extension.js';
  const loadedWith = (file, found = new Set([file])) => {
    for (const { path, kind, external } of outputs[file].imports)
      if (kind === 'import-statement' && !external && !found.has(path)) loadedWith(path, found.add(path));
    return [...found];
  };
  const needsVsCode = (file) =>
    loadedWith(file).some((one) => outputs[one].imports.some(({ path }) => path === 'vscode'));
  const chunks = loadedWith(entry).filter((file) => file !== entry);
  await join(
    start,
    chunks.filter((file) => !needsVsCode(file)),
  );
  await join(startInVsCode, chunks.filter(needsVsCode));
  await join(entry, []);

  async function join(target, files) {
    const names = files.map((file, i) => outputs[file].exports.map((name) => [name, `c${i}_${name}`]));
    const contents = files.map((file, i) => handOn(names[i], relativePath('dist', file)));
    if (target === entry) contents.push(`export * from './${basename(entry)}'`);
    await build({
      stdin: { contents: contents.join('\n'), resolveDir: 'dist' },
      outfile: target,
      allowOverwrite: true,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: node.target,
      minify: production,
      sourcemap: node.sourcemap,
      plugins: [{ name: 'join', setup: ({ onResolve }) => onResolve({ filter: /./ }, outside) }],
    });
    for (const [i, file] of files.entries())
      await writeFile(
        file,
        handOn(
          names[i].map(([name, alias]) => [alias, name]),
          `./${basename(target)}`,
        ),
      );

    function outside({ path, kind, resolveDir }) {
      if (!path.startsWith('.')) return { path, external: true };
      const file = slashes(relative('.', resolve(resolveDir, path)));
      const isJoined = file !== target && (file === start || file === startInVsCode);
      if (kind === 'dynamic-import' || isJoined)
        return { path: relativePath(dirname(target), file), external: true };
    }
  }
}

/** `names`: pairs of the name there and the name here. */
function handOn(names, from) {
  return `export { ${names.map((pair) => pair.join(' as ')).join(', ')} } from '${from}';`;
}

function relativePath(from, to) {
  const path = slashes(relative(from, to));
  return path.startsWith('.') ? path : `./${path}`;
}

/** As in esbuild's metafile and in imports, on Windows too. */
function slashes(path) {
  return path.replaceAll('\\', '/');
}
