import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { buildUseLite } from '../../../src/local/useLite/build/buildUseLite.ts';
import { compileCache, root } from '../../harness/paths.ts';

export const mainScript = path.join(root, 'src/cli/main.ts');

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliInput {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the folder of the tests. */
  readonly cwd?: string;
}

/** A home of its own for the real terminal command. */
export interface CliHome {
  readonly folder: string;
  readonly database: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  run(args: readonly string[], input?: CliInput): Promise<CliRun>;
  /** Runs with --json, expects success, answers what was printed. */
  json(args: readonly string[], input?: CliInput): Promise<unknown>;
  remove(): Promise<void>;
}

export const makeCliHome = async (): Promise<CliHome> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'edge-memory-cli-'));
  const database = path.join(folder, 'store', 'memory.db');
  const env = {
    PATH: process.env['PATH'],
    SystemRoot: process.env['SystemRoot'],
    HOME: folder,
    USERPROFILE: folder,
    EDGE_MEMORY_DATABASE: database,
    TZ: 'UTC',
    NODE_COMPILE_CACHE: compileCache,
    NODE_OPTIONS: process.env['NODE_OPTIONS'],
  };
  const run = async (args: readonly string[], input: CliInput = {}): Promise<CliRun> => {
    const child = spawn(process.execPath, [mainScript, ...args], {
      env: { ...env, ...input.env },
      cwd: input.cwd,
    });
    child.stdin.end(input.stdin ?? '');
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr };
  };
  return {
    folder,
    database,
    env,
    run,
    json: async (args, input) => {
      const { code, stdout, stderr } = await run([...args, '--json'], input);
      if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
      return JSON.parse(stdout) as unknown;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

/** The embedder's weights, which every build puts there. */
export const requireWeights = async (): Promise<void> => {
  const folder = path.join(root, 'dist/use-lite');
  if (!existsSync(folder)) await buildUseLite(folder);
};
