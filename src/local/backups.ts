import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { backup as copyDatabase, DatabaseSync } from 'node:sqlite';
import type { Backup } from './localStore.ts';
import { toMemoryError } from './sqliteErrors.ts';
import { makePrivateFile } from './storeFile.ts';

/** Backups of the newest three days on which any was made are kept, all of them. */
const DAYS_KEPT = 3;
/** Between two such portions the thread does something else. */
const PAGES_AT_ONCE = 500;

const folderOf = (file: string): string => path.join(path.dirname(file), 'backups');

const namePattern = (file: string): RegExp => {
  const { name } = path.parse(file);
  return new RegExp(
    `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}-(\\d{4}-\\d\\d-\\d\\d)T(\\d\\d)-(\\d\\d)-(\\d\\d)-(\\d{3})Z\\.db$`,
  );
};

const timeOf = (name: string, pattern: RegExp): number => {
  const [, day = '', h = '', m = '', s = '', ms = ''] = pattern.exec(name) ?? [];
  return Date.parse(`${day}T${h}:${m}:${s}.${ms}Z`) / 1000;
};

export const readBackup = <T>(file: string, look: (database: DatabaseSync) => T): T => {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      return look(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw toMemoryError(error, file);
  }
};

const countIn = (database: DatabaseSync): number =>
  Number(database.prepare('SELECT count(*) AS n FROM memories WHERE deleted_at IS NULL').get()?.['n']);

const describeBackup = (file: string, pattern: RegExp): Backup => ({
  file,
  createdAt: timeOf(path.basename(file), pattern),
  bytes: statSync(file).size,
  memories: readBackup(file, countIn),
});

/** The newest first. */
const namesOf = (file: string): string[] => {
  const folder = folderOf(file);
  const pattern = namePattern(file);
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => pattern.test(name))
        .sort()
        .reverse()
    : [];
};

/** The newest first; a file that can't be read is left out here and refused by a restore. */
export const listBackups = (file: string): Backup[] =>
  namesOf(file).flatMap((name) => {
    try {
      return [describeBackup(path.join(folderOf(file), name), namePattern(file))];
    } catch {
      return [];
    }
  });

/**
 * When the last backup before `now` was made, in seconds since the epoch; without opening any. A later one was made
 * while the clock was wrong, and says nothing about today.
 */
export const lastBackupAt = (file: string, now: number): number =>
  namesOf(file)
    .map((name) => timeOf(name, namePattern(file)))
    .find((time) => time <= now) ?? 0;

/** Left by a process that ended while it made a backup; nobody takes that long. Milliseconds. */
const ABANDONED_MS = 6 * 3_600_000;

const removeAbandoned = (folder: string): void => {
  for (const name of readdirSync(folder).filter((each) => /\.part(-journal)?$/.test(each))) {
    const file = path.join(folder, name);
    if (statSync(file).mtimeMs < Date.now() - ABANDONED_MS) rmSync(file, { force: true });
  }
};

/** Copies one state of the store while it is in use. */
export const makeBackup = async (file: string): Promise<Backup> => {
  const folder = folderOf(file);
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const target = path.join(folder, `${path.parse(file).name}-${stamp}.db`);
  const unfinished = `${target}.part`;
  makePrivateFile(unfinished);
  try {
    await copy(file, unfinished);
    renameSync(unfinished, target);
  } catch (error) {
    for (const part of [unfinished, `${unfinished}-journal`]) rmSync(part, { force: true });
    throw toMemoryError(error, target);
  }
  removeAbandoned(folder);
  return describeBackup(target, namePattern(file));
};

/** Only once a day: whoever tries out one backup after the other makes copies, which must not push the older ones out. */
export const removeOldBackups = (file: string): void => {
  const pattern = namePattern(file);
  const dayOf = (name: string): string => pattern.exec(name)?.[1] ?? '';
  const names = namesOf(file);
  const isToCome = (name: string): boolean => timeOf(name, pattern) > Date.now() / 1000;
  // Those of a clock that was wrong would else stand for the newest days for ever.
  const byAge = [...names.filter((name) => !isToCome(name)), ...names.filter(isToCome)];
  const kept = [...new Set(byAge.map(dayOf))].slice(0, DAYS_KEPT);
  for (const name of names)
    if (!kept.includes(dayOf(name))) rmSync(path.join(folderOf(file), name), { force: true });
};

const copy = async (file: string, target: string): Promise<void> => {
  const source = new DatabaseSync(file, { readOnly: true });
  try {
    // A snapshot: else every write of another process would make the copying begin anew.
    source.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
    await copyDatabase(source, target, { rate: PAGES_AT_ONCE });
  } finally {
    source.close();
  }
  // Without a log of its own the copy can be read where nothing may be written.
  const copied = new DatabaseSync(target);
  try {
    copied.exec('PRAGMA journal_mode = DELETE');
  } finally {
    copied.close();
  }
};
