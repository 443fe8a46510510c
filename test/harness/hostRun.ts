import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Tally } from './mocha.ts';

/** What the tests in the extension host are told through their environment. */
export interface HostRun {
  /** Takes mocha's output: the host's own console is mixed with VS Code's. */
  readonly outputFile: string;
  readonly resultFile: string;
  readonly grep?: string | undefined;
  readonly color: boolean;
}

const variable = 'EDGE_MEMORY_HOST_RUN';

/** The host's side; undefined where the tests were started from an editor. */
export function hostRunFromEnvironment(): HostRun | undefined {
  const run = process.env[variable];
  return run === undefined ? undefined : (JSON.parse(run) as HostRun);
}

/**
 * Calls `launch` to run tests in an extension host with this environment, and prints mocha's output as it comes.
 * Undefined, and what `launch` gave is printed, when mocha didn't come to its end: VS Code reports success for an
 * extension host that was killed.
 */
export async function watchHostRun(
  folder: string,
  grep: string | undefined,
  launch: (environment: Record<string, string>) => Promise<readonly string[]>,
): Promise<Tally | undefined> {
  const outputFile = path.join(folder, 'mocha.txt');
  const resultFile = path.join(folder, 'mocha.json');
  const run: HostRun = { outputFile, resultFile, grep, color: process.stdout.isTTY };
  await writeFile(outputFile, '');
  let printed = 0;
  const print = (): void => {
    const output = readFileSync(outputFile);
    process.stdout.write(output.subarray(printed));
    printed = output.length;
  };
  const printing = setInterval(print, 100);
  try {
    const log = await launch({ [variable]: JSON.stringify(run) });
    print();
    if (existsSync(resultFile)) return JSON.parse(await readFile(resultFile, 'utf8')) as Tally;
    console.error(log.join('\n'));
    return undefined;
  } finally {
    clearInterval(printing);
  }
}
