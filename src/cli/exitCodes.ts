import type { MemoryErrorCode } from '../memory/errors.ts';

export const EXIT = { done: 0, nothingDone: 1, wrongInput: 2, storageError: 3, interrupted: 130 } as const;

export const EXIT_CODES_HELP = `
Exit codes:
  0    done; a search without results too
  1    not found, nothing was done, or health or verify found something
  2    wrong usage or input; lines of a JSONL file were refused
  3    the store could not be read or written
  130  interrupted by Ctrl-C`;

const NOTHING_DONE: readonly MemoryErrorCode[] = ['not-found', 'conflict'];
const WRONG_INPUT: readonly MemoryErrorCode[] = ['invalid-input', 'too-large', 'misconfigured'];

export const exitCodeOf = (code: MemoryErrorCode): number => {
  if (NOTHING_DONE.includes(code)) return EXIT.nothingDone;
  return WRONG_INPUT.includes(code) ? EXIT.wrongInput : EXIT.storageError;
};
