import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Tally } from './mocha.ts';
import { artifacts, compileCache, root } from './paths.ts';
import { exitOf, nodeFirst } from './processes.ts';

export interface MochaProcess {
  /** Of what it leaves in artifacts/. */
  readonly name: string;
  readonly globs: readonly string[];
  /** Milliseconds for one test. */
  readonly timeout: number;
  readonly grep?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs test files in a process of their own. Undefined where it ended before they did. */
export async function mochaProcess({
  name,
  globs,
  timeout,
  grep,
  env = {},
}: MochaProcess): Promise<Tally | undefined> {
  const resultFile = path.join(artifacts, `${name}.json`);
  await rm(resultFile, { force: true });
  const main = path.join(root, 'test/harness/mochaMain.ts');
  const only = grep === undefined ? [] : ['--grep', grep];
  const args = [main, '--result', resultFile, '--timeout', String(timeout), ...only, ...globs];
  const exit = await exitOfQuiet(name, process.execPath, args, {
    ...process.env,
    NODE_COMPILE_CACHE: compileCache,
    ...env,
  });
  if (!existsSync(resultFile)) return undefined;
  const tally = JSON.parse(await readFile(resultFile, 'utf8')) as Tally;
  if (exit !== 0 && tally.failed === 0) throw new Error(`${name} ended with ${exit} after its tests`);
  return tally;
}

/** Prints what a program says once it has ended, as others run beside it; until then it is in artifacts/NAME.log. */
export async function exitOfQuiet(
  name: string,
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = nodeFirst(),
): Promise<number | string> {
  const log = path.join(artifacts, `${name}.log`);
  await mkdir(artifacts, { recursive: true });
  const output = await open(log, 'w');
  try {
    return await exitOf(file, args, { env, stdio: ['ignore', output.fd, output.fd] });
  } finally {
    await output.close();
    process.stdout.write(await readFile(log));
  }
}
