import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { MemoryError } from '../memory/errors.ts';
import { FileLock } from './fileLock.ts';
import { refuseForeign } from './foreignFile.ts';
import { dropFullText, migrate } from './localSchema.ts';
import { SqliteDatabase } from './sqliteDatabase.ts';
import { checkLocation } from './storageLocation.ts';

export interface OpenFile {
  readonly database: SqliteDatabase;
  readonly lock: FileLock;
  /** The folder into which a damaged file was set aside, now or before, where nothing was stored since. */
  readonly setAside: string | undefined;
}

/** The database with SQLite's own files; the log first, because one without its database would be taken for the next one's. */
const parts = (file: string): string[] => [`${file}-wal`, `${file}-shm`, file];

/** Stands beside a file in which damage was met in use: the next start looks at all of the file. */
const suspicion = (file: string): string => `${file}.suspect`;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Makes a file that only its owner reads, where there is none; SQLite gives its log the same rights. Never opens one
 * that is there: closing it would end the locks that SQLite has on it for this process (https://sqlite.org/howtocorrupt.html).
 * Throws a `MemoryError` where it can't be written.
 */
export const makePrivateFile = (file: string): void => {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    if (existsSync(file)) accessSync(file, constants.W_OK);
    else closeSync(openSync(file, 'a', 0o600));
    if (process.platform !== 'win32') chmodSync(file, 0o600);
  } catch (error) {
    throw unwritable(file, error);
  }
};

const unwritable = (file: string, error: unknown): MemoryError => {
  const { code } = error as NodeJS.ErrnoException;
  return new MemoryError(
    code === 'ENOSPC'
      ? 'storage-full'
      : code === 'EROFS' || code === 'EACCES' || code === 'EPERM'
        ? 'read-only'
        : 'storage-failed',
    `${file} can not be written: ${messageOf(error)}.`,
    code === 'ENOSPC'
      ? 'Free some space and try again.'
      : 'Give your user the right to write there, or choose another folder in the setting edgeMemory.dataFolder.',
    { cause: error },
  );
};

const suspect = (file: string): void => {
  try {
    makePrivateFile(suspicion(file));
  } catch {
    // Where nothing can be written, the error that is on its way to the person says enough.
  }
};

const open = (file: string, fullText: boolean): SqliteDatabase => {
  makePrivateFile(file);
  const database = new SqliteDatabase(file, { fullText, onDamage: () => suspect(file) });
  try {
    if (existsSync(suspicion(file))) examine(database, file);
    migrate(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/** Throws `damaged` where more than the full text is, which can be made anew. */
const examine = (database: SqliteDatabase, file: string): void => {
  if (!isWhole(database)) {
    if (!tablesOf(database).every((table) => isWhole(database, table)))
      throw new MemoryError('damaged', `The file is damaged: ${file}.`, 'Run Restore from Backup.');
    dropFullText(database);
  }
  rmSync(suspicion(file), { force: true });
};

const isWhole = (database: SqliteDatabase, part: string | number = 1): boolean =>
  database.get(`PRAGMA integrity_check(${part})`)?.['integrity_check'] === 'ok';

/** All that are not derived. */
const tablesOf = (database: SqliteDatabase): string[] =>
  database
    .all(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'em_words*' AND name NOT GLOB 'em_trigrams*'`,
    )
    .map((row) => String(row['name']));

const damagedBeside = (file: string): string => path.join(path.dirname(file), 'damaged');

/** Who set a file aside may have had nobody to tell, as an agent's server: whoever finds the store empty is told too. */
const setAsideBefore = (database: SqliteDatabase, file: string): string | undefined => {
  try {
    if (database.get('SELECT 1 FROM memories LIMIT 1') !== undefined) return undefined;
    const folder = damagedBeside(file);
    const names = readdirSync(folder).filter((name) => name.startsWith(`${path.basename(file)}-`));
    const newest = names.sort().at(-1);
    return newest === undefined ? undefined : path.join(folder, newest);
  } catch {
    // There is no such folder, as a rule; no reason not to open the store.
    return undefined;
  }
};

/** Moves a damaged database with its log out of the way; never overwrites anything. */
const moveAside = (file: string): string => {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const folder = path.join(damagedBeside(file), `${path.basename(file)}-${stamp}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const part of parts(file))
      if (existsSync(part)) renameSync(part, path.join(folder, path.basename(part)));
  } catch (error) {
    throw unwritable(folder, error);
  }
  rmSync(suspicion(file), { force: true });
  return folder;
};

/**
 * Opens a store's file, made where there is none, readable by its owner only. A damaged one is set aside when no other
 * process has it open; otherwise the error says to close them.
 */
export const openStoreFile = (
  file: string,
  { fullText = true }: { fullText?: boolean | undefined } = {},
): OpenFile => {
  checkLocation(path.dirname(file));
  const lockFile = `${file}.lock`;
  refuseForeign(file, lockFile);
  makePrivateFile(lockFile);
  const lock = new FileLock(lockFile);
  try {
    lock.takeTurn();
    const opened = openOrSetAside(file, fullText, lock);
    lock.share();
    return { ...opened, lock };
  } catch (error) {
    lock.close();
    throw error;
  }
};

const openOrSetAside = (
  file: string,
  fullText: boolean,
  lock: FileLock,
): Pick<OpenFile, 'database' | 'setAside'> => {
  try {
    const database = open(file, fullText);
    return { database, setAside: setAsideBefore(database, file) };
  } catch (error) {
    if (!MemoryError.is(error, 'damaged')) throw error;
    const setAside = lock.takeAlone() ? moveAside(file) : undefined;
    // Who was not alone looks again: another one may just have set it aside.
    if (setAside === undefined) lock.takeTurn();
    try {
      return { database: open(file, fullText), setAside };
    } catch (again) {
      throw MemoryError.is(again, 'damaged') && setAside === undefined ? stillOpen(again) : again;
    }
  }
};

const stillOpen = (error: MemoryError): MemoryError =>
  new MemoryError(
    'damaged',
    `${error.message} Another window or terminal still has it open, so it was left where it is.`,
    error.nextStep,
    { cause: error },
  );
