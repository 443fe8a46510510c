import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { MemoryError } from '../memory/errors.ts';
import { isNoDatabase } from './sqliteErrors.ts';

/**
 * Throws where a file was never a store: opened as one, a text would be set aside as damaged, and another program's
 * database would get our tables. `lockFile` stands beside every file that was opened once.
 */
export const refuseForeign = (file: string, lockFile: string): void => {
  if (existsSync(lockFile)) return;
  const reason = reasonAgainst(file);
  // Looked for again: another process may be making the store just now.
  if (reason === undefined || existsSync(lockFile)) return;
  throw new MemoryError(
    'invalid-input',
    `${file} holds no memories of Edge Memory: ${reason}.`,
    'Name another file, or one that does not exist yet. Nothing was changed.',
  );
};

const reasonAgainst = (file: string): string | undefined => {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isDirectory()) return 'it is a folder';
  if (!found.isFile()) return 'it is no ordinary file';
  return found.size === 0 ? undefined : reasonInside(file);
};

/** The shared schema tells a file that was taken out of D1, which has none of our own tables yet. */
const KIND = `SELECT count(*) AS tables, coalesce(sum(name = 'em_meta'), 0) AS ours,
  (SELECT count(*) FROM pragma_table_info('memories') WHERE name = 'content_size') AS shared FROM sqlite_schema`;

const reasonInside = (file: string): string | undefined => {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const { tables, ours, shared } = database.prepare(KIND).get() ?? {};
      return tables === 0 || ours === 1 || shared === 1 ? undefined : 'it is a database of another program';
    } finally {
      database.close();
    }
  } catch (error) {
    // Damage, a missing right, a busy moment: opening it says more.
    return isNoDatabase(error) ? 'it is no database' : undefined;
  }
};
