import { DatabaseSync } from 'node:sqlite';
import { toMemoryError } from './sqliteErrors.ts';

/** What SQLite finds wrong in a file that is open elsewhere; empty where it is whole. Reads all of it. */
export const integrityProblems = (file: string): string[] => {
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
    try {
      const rows = database.prepare('PRAGMA quick_check(5)').all();
      return rows.map((row) => String(row['quick_check'])).filter((text) => text !== 'ok');
    } finally {
      database.close();
    }
  } catch (error) {
    throw toMemoryError(error, file);
  }
};
