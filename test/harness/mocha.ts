import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** What a run of tests came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What each file of tests came to, by its path. */
export type Tallies = Readonly<Record<string, Tally>>;

export function sumOf(tallies: Tallies): Tally {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of Object.values(tallies)) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

export interface MochaRun {
  readonly files: readonly string[];
  /** Written when mocha comes to its end: the proof that it did. Holds {@link Tallies}. */
  readonly resultFile?: string;
  readonly timeout: number;
  /** Only tests whose title matches. */
  readonly grep?: string | undefined;
  /** How often a failed test is run again. Each time is printed. */
  readonly retries?: number;
  readonly color?: boolean;
  /** Takes mocha's lines in place of the console. */
  readonly write?: typeof console.log;
}

/** Runs test files in this process, in the terminal or within VS Code. */
export async function runMocha(run: MochaRun): Promise<Tallies> {
  if (run.write !== undefined) Mocha.reporters.Base.consoleLog = run.write;
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: 'spec',
    timeout: run.timeout,
    forbidOnly: true,
    retries: run.retries ?? 0,
    ...(run.color === undefined ? {} : { color: run.color }),
    ...(run.grep === undefined ? {} : { grep: new RegExp(run.grep) }),
  });
  for (const file of run.files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const tallies: Record<string, Record<keyof Tally, number>> = {};
  const count = (outcome: keyof Tally) => (runnable: Mocha.Runnable) => {
    const tally = (tallies[runnable.file ?? ''] ??= { passed: 0, failed: 0, skipped: 0 });
    tally[outcome] += 1;
  };
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('pass', count('passed')).on('fail', count('failed')).on('pending', count('skipped'));
    runner.on('retry', (test: Mocha.Test, error: unknown) =>
      Mocha.reporters.Base.consoleLog(`Failed, run again: ${test.fullTitle()}\n${String(error)}`),
    );
  });
  if (run.resultFile !== undefined) writeFileSync(run.resultFile, JSON.stringify(tallies));
  return tallies;
}
