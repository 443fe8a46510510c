import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { cache } from './paths.ts';
import { npm, nodeFirst, run } from './processes.ts';

/** code-server 4.139.1 holds VS Code 1.139.1: its server, extension host and web workbench. It needs Node.js 24. */
const version = '4.139.1';
/** Raise it when the installation below changes: a finished one is never altered. */
const revision = 1;
const folder = path.join(cache, `code-server-${version}-${revision}`);
const entryIn = (installed: string): string =>
  path.join(installed, 'node_modules/code-server/out/node/entry.js');

/**
 * The script that starts VS Code's server, installed from npm where it is missing.
 * Each run installs into a folder of its own and moves it into place when it works, so that a broken-off run leaves
 * nothing that looks finished, and of two runs at once the first wins.
 */
export async function installCodeServer(): Promise<string> {
  if (!existsSync(folder)) {
    console.log(`Installing VS Code (code-server ${version}) into ${folder}`);
    await removeAbandoned();
    const unfinished = await mkdtemp(`${folder}.${process.pid}-`);
    try {
      await installInto(unfinished);
      await rename(unfinished, folder).catch((error: unknown) => {
        if (!existsSync(folder)) throw error;
      });
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  return entryIn(folder);
}

async function installInto(target: string): Promise<void> {
  const packageJson = {
    name: 'edge-memory-test-vscode',
    private: true,
    dependencies: { 'code-server': version },
  };
  await writeFile(path.join(target, 'package.json'), JSON.stringify(packageJson));
  await npmInstall(target, '--no-package-lock');
  const vscode = path.join(target, 'node_modules/code-server/lib/vscode');
  // What code-server's own installation script does, but for the addons that it would compile; `npm ci` fails here,
  // as the shrinkwrap file lacks a package.
  await npmInstall(vscode, '--omit=dev', '--no-save');
  await npmInstall(path.join(vscode, 'extensions'), '--omit=dev', '--no-save');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'spdlog.ts')],
    outfile: path.join(vscode, 'node_modules/@vscode/spdlog/index.js'),
    platform: 'node',
    format: 'cjs',
  });
  const home = path.join(target, 'home');
  await run(process.execPath, [entryIn(target), '--version'], {
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home },
  });
}

async function npmInstall(cwd: string, ...options: readonly string[]): Promise<void> {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...options];
  await run(...npm('install', ...flags), { cwd, env: nodeFirst() });
}

/** Folders of runs that were killed: their process is gone. */
async function removeAbandoned(): Promise<void> {
  await mkdir(cache, { recursive: true });
  const prefix = `${path.basename(folder)}.`;
  for (const name of await readdir(cache)) {
    const owner = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length)) : Number.NaN;
    if (!Number.isNaN(owner) && !isRunning(owner))
      await rm(path.join(cache, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
