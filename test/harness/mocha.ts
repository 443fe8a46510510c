import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** What a run of tests came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Of a part without tests of its own, too: passed if it didn't throw. */
export const NO_TESTS: Tally = { passed: 0, failed: 0, skipped: 0 };

export const sumOf = (tallies: readonly Tally[]): Tally =>
  tallies.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    NO_TESTS,
  );

export interface MochaRun {
  readonly files: readonly string[];
  /** Written when mocha comes to its end: the proof that it did. Holds a {@link Tally}. */
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
export async function runMocha(run: MochaRun): Promise<Tally> {
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
  const tally = { ...NO_TESTS };
  const count = (outcome: keyof Tally) => () => {
    tally[outcome] += 1;
  };
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('pass', count('passed')).on('fail', count('failed')).on('pending', count('skipped'));
    runner.on('retry', (test: Mocha.Test, error: unknown) =>
      Mocha.reporters.Base.consoleLog(`Failed, run again: ${test.fullTitle()}\n${String(error)}`),
    );
  });
  if (run.resultFile !== undefined) writeFileSync(run.resultFile, JSON.stringify(tally));
  return tally;
}
