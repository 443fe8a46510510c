#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { EXIT } from './exitCodes.ts';
import { reportFailure } from './failures.ts';
import { note } from './output.ts';
import { packageRoot, packageVersion } from './packageInfo.ts';
import { createProgram } from './program.ts';

/** Whether a flag stands before `--`; known also where the arguments cannot be parsed. */
const hasFlag = (flag: string): boolean => {
  const end = process.argv.indexOf('--');
  return process.argv.slice(2, end < 0 ? undefined : end).includes(flag);
};

// Node 22 warns at each start that its SQLite is experimental.
process.removeAllListeners('warning').on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') note(`${warning.name}: ${warning.message}`);
});

const fail = (error: unknown): number =>
  reportFailure(error, { json: hasFlag('--json'), debug: hasFlag('--debug') });

// `| head` closes the pipe once it has read enough; a full disk is a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? process.exitCode : fail(error)),
);
process.stderr.on('error', () => process.exit());

// The first Ctrl-C ends what runs in good order; the second one has its usual effect.
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

const program = createProgram(packageVersion(), {
  signal: interruption.signal,
  weightsDirectory: fileURLToPath(new URL('dist/use-lite', packageRoot)),
});
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = interruption.signal.aborted ? EXIT.interrupted : fail(error);
}
