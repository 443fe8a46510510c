import { globSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Tally, sumOf } from './mocha.ts';
import { mochaProcess } from './mochaProcess.ts';
import { artifacts, root } from './paths.ts';
import { THEMES } from './themes.ts';

const screenshots = path.join(artifacts, 'screenshots');

/**
 * The tests under test/e2e, two files at a time, as a window waits for much. The machine's load can spoil one: a failed
 * file runs once more, whole, alone and in a new VS Code (its tests build on each other), and what it then comes to
 * counts. Not where more than three failed, which is no accident, nor where `grep` picked tests out.
 */
export async function runInterfaceTests(grep?: string, firstTheme = 0): Promise<Tally> {
  // Those that come last in the alphabet take longest: first, so that none runs alone at the end.
  const files = globSync('test/e2e/**/*.test.ts', { cwd: root }).sort().reverse();
  await rm(screenshots, { recursive: true, force: true });
  const tallies = new Map<string, Tally>();
  const runFile = async (file: string): Promise<void> => {
    tallies.set(file, await tallyOf(file, grep, firstTheme + files.indexOf(file)));
  };
  const waiting = files.values();
  const runRest = async (): Promise<void> => {
    for (const file of waiting) await runFile(file);
  };
  await Promise.all([runRest(), runRest()]);
  const failed = files.filter((file) => (tallies.get(file)?.failed ?? 0) > 0);
  if (failed.length > 0 && failed.length <= 3 && grep === undefined) {
    console.log(`\nFailed, run again: ${failed.join(', ')}`);
    for (const file of failed) await runFile(file);
  }
  return sumOf([...tallies.values()]);
}

/** All of them in each theme: each window in another one by turns; the pictures of each round are kept apart. */
export async function runInterfaceTestsInThemes(): Promise<Tally> {
  const rounds: Tally[] = [];
  for (const first of THEMES.keys()) {
    rounds.push(await runInterfaceTests(undefined, first));
    const kept = path.join(artifacts, `screenshots of round ${first + 1}`);
    await rm(kept, { recursive: true, force: true });
    await rename(screenshots, kept);
  }
  return sumOf(rounds);
}

/** A file that broke off counts as one failed test. */
async function tallyOf(file: string, grep: string | undefined, firstTheme: number): Promise<Tally> {
  const name = `e2e-${path.basename(file, '.test.ts')}`;
  const env = { EDGE_MEMORY_FIRST_THEME: String(firstTheme) };
  const tally = await mochaProcess({ name, globs: [file], timeout: 180_000, grep, env });
  if (tally !== undefined) return tally;
  console.error(`${file} ended before its tests were done`);
  return { passed: 0, failed: 1, skipped: 0 };
}
