import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './paths.ts';

/** This process's environment with its own Node.js first on PATH: npm starts whichever `node` comes first. */
export const nodeFirst = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: [path.dirname(process.execPath), process.env['PATH']].join(path.delimiter),
});

/** Ends `child` with this process, however this process ends (except by SIGKILL). */
export function endWithThisProcess(end: () => void): () => void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(code));
  }
  process.prependOnceListener('exit', end); // last started, first ended
  return () => process.off('exit', end);
}

/** Runs a program with this terminal's output; the exit code, or the signal that killed it. */
export async function exitOf(
  file: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<number | string> {
  const child: ChildProcess = spawn(file, args, {
    cwd: root,
    stdio: 'inherit',
    env: nodeFirst(),
    ...options,
  });
  const forget = endWithThisProcess(() => child.kill());
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
  } finally {
    forget();
  }
}

/** As {@link exitOf}, for programs that must succeed. */
export async function run(file: string, args: readonly string[], options?: SpawnOptions): Promise<void> {
  const exit = await exitOf(file, args, options);
  if (exit !== 0) throw new Error(`${[path.basename(file), ...args].join(' ')} ended with ${exit}`);
}

/** Arguments for npm, started by this Node.js where npm says where it lies (on Windows `npm` is no program). */
export const npm = (...args: readonly string[]): [string, string[]] => {
  const script = process.env['npm_execpath'];
  return script === undefined ? ['npm', [...args]] : [process.execPath, [script, ...args]];
};
