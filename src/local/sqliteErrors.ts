import { MemoryError, type MemoryErrorCode } from '../memory/errors.ts';

interface SqliteError extends Error {
  /** SQLite's extended result code; its low byte is the primary one. https://sqlite.org/rescode.html */
  readonly errcode: number;
}

const isSqliteError = (error: unknown): error is SqliteError =>
  error instanceof Error && typeof (error as Partial<SqliteError>).errcode === 'number';

const NO_DATABASE = 26;

/** Whether SQLite found that a file does not begin as its files do. */
export const isNoDatabase = (error: unknown): boolean =>
  isSqliteError(error) && error.errcode === NO_DATABASE;

/** How node:sqlite answers when its database is not open. */
const isUseAfterClose = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_INVALID_STATE';

interface Explanation {
  readonly code: MemoryErrorCode;
  readonly what: string;
  readonly nextStep: string;
}

/** By primary result code. */
const explanations: Readonly<Record<number, Explanation>> = {
  5: {
    code: 'busy',
    what: 'Another program has been writing to it for more than 5 seconds',
    nextStep: 'Try again; if it stays so, close other windows that import or restore memories.',
  },
  8: {
    code: 'read-only',
    what: 'It may not be written',
    nextStep:
      'Give your user the right to write to this file and its folder, or choose another data folder in the setting edgeMemory.dataFolder.',
  },
  10: {
    code: 'storage-failed',
    what: 'The disk reported an error',
    nextStep: 'Check the disk; nothing was stored. Then try again.',
  },
  11: {
    code: 'damaged',
    what: 'The file is damaged',
    nextStep:
      'Close every window and terminal that uses it, and reload: the damaged file is set aside. Then run Restore from Backup.',
  },
  13: {
    code: 'storage-full',
    what: 'The disk is full',
    nextStep: 'Free some space and try again. Nothing was stored.',
  },
  14: {
    code: 'storage-failed',
    what: 'It can not be opened',
    nextStep:
      'Check that its folder exists and that your user may write there, or choose another data folder in the setting edgeMemory.dataFolder.',
  },
  18: { code: 'too-large', what: 'A value is larger than SQLite takes', nextStep: 'Store it in parts.' },
  [NO_DATABASE]: {
    code: 'damaged',
    what: 'The file is not a database',
    nextStep:
      'Close every window and terminal that uses it, and reload: the file is set aside. Then run Restore from Backup.',
  },
};

/** SQLITE_IOERR_SHMSIZE: the index of the log, which is mapped into memory, has no room to grow. */
const NO_ROOM_FOR_LOG = 4874;
const FULL = 13;

/** Everything that SQLite reports, in words that name the file and the next step. Other errors pass as they are. */
export const toMemoryError = (error: unknown, file: string): unknown => {
  if (isUseAfterClose(error))
    return new MemoryError('storage-failed', `${file} was closed.`, 'Open it again.', { cause: error });
  if (!isSqliteError(error)) return error;
  const explanation = explanations[error.errcode === NO_ROOM_FOR_LOG ? FULL : error.errcode & 0xff];
  if (explanation)
    return new MemoryError(explanation.code, `${explanation.what}: ${file}.`, explanation.nextStep, {
      cause: error,
    });
  return new MemoryError(
    'storage-failed',
    `SQLite reported “${error.message}” (${error.errcode}) on ${file}.`,
    'Try again; if it stays so, run Copy Diagnostics and report it.',
    { cause: error },
  );
};
