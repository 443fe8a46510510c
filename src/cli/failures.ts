import { CommanderError } from 'commander';
import { styleText } from 'node:util';
import { MemoryError } from '../memory/errors.ts';
import { cloudAdvice } from './cloudAdvice.ts';
import { EXIT, exitCodeOf } from './exitCodes.ts';
import { inert, inertJson } from './inertText.ts';
import { note } from './output.ts';

interface Failure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
}

const failureOf = (error: unknown): Failure => {
  if (MemoryError.is(error)) {
    const { code, message } = error;
    return { exitCode: exitCodeOf(code), code, message, nextStep: cloudAdvice(error) };
  }
  if (error instanceof CommanderError)
    return {
      exitCode: EXIT.wrongInput,
      code: 'invalid-input',
      message: error.message.replace(/^error: /, ''),
      nextStep: 'Run it with --help to see what it takes.',
    };
  return {
    exitCode: EXIT.storageError,
    code: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
    nextStep: 'Run it again with --debug and report what it prints.',
  };
};

const stackOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.stack ?? error.message}${error.cause === undefined ? '' : `\ncaused by: ${stackOf(error.cause)}`}`
    : String(error);

/** Says on standard error what happened and what to do next. Answers the exit code. */
export const reportFailure = (error: unknown, how: { json: boolean; debug: boolean }): number => {
  if (error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help'))
    // The help has been printed: as asked (0), or because no command was named.
    return error.exitCode === 0 ? EXIT.done : EXIT.wrongInput;
  const { exitCode, code, message, nextStep } = failureOf(error);
  if (how.json) note(inertJson({ error: { code, message, nextStep } }));
  else
    note(
      `${styleText('red', 'error:', { stream: process.stderr })} ${inert(message)}${nextStep === '' ? '' : `\n${inert(nextStep)}`}`,
    );
  if (how.debug) note(inert(stackOf(error)));
  return exitCode;
};
