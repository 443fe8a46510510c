import { existsSync, realpathSync } from 'node:fs';
import { MemoryError } from '../memory/errors.ts';
import { readBackup } from './backups.ts';
import { catchUpFullText, compatibility } from './localSchema.ts';
import type { SqliteDatabase } from './sqliteDatabase.ts';

const unusable = (file: string, why: string, cause?: unknown): MemoryError =>
  new MemoryError(
    'damaged',
    `The backup ${file} can not be used: ${why}.`,
    'Choose another one. Nothing was changed.',
    { cause },
  );

/** Throws a `MemoryError` that says why a backup can't be restored. */
export const checkBackup = (file: string, storeFile: string): void => {
  if (!existsSync(file))
    throw new MemoryError('not-found', `There is no backup ${file}.`, 'Choose one from the list.');
  if (realpathSync(file) === realpathSync(storeFile)) throw unusable(file, 'it is the store itself');
  try {
    readBackup(file, (backup) => {
      const result = backup.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
      if (result !== 'ok') throw unusable(file, String(result));
      const least = Number(
        backup.prepare(`SELECT value FROM em_meta WHERE key = 'min_compatible'`).get()?.['value'],
      );
      if (least > compatibility.schemaVersion)
        throw unusable(file, 'it was made by a newer Edge Memory, so update this one first');
    });
  } catch (error) {
    throw MemoryError.is(error) && error.message.startsWith('The backup')
      ? error
      : unusable(file, 'it is no backup of this program', error);
  }
};

/** What a backup is for, parents first; full text follows by the triggers. */
const TABLES = [
  'memories',
  'tags',
  'memory_tags',
  'memory_graph',
  'em_info',
  'em_lineage',
  'em_projects',
  'em_embed_queue',
  'em_local_objects',
];

type Schema = 'main' | 'restored' | 'saved';

const columnsOf = (database: SqliteDatabase, schema: Schema, table: string): string[] =>
  database.all('SELECT name FROM pragma_table_info(?, ?)', table, schema).map((row) => String(row['name']));

/** Makes the rows of one schema those of another one, as far as both know the columns. */
const replaceRows = (database: SqliteDatabase, from: Schema, to: Schema): void => {
  for (const table of TABLES.toReversed()) database.run(`DELETE FROM ${to}.${table}`);
  for (const table of TABLES) {
    const present = new Set(columnsOf(database, to, table));
    const columns = columnsOf(database, from, table).filter((column) => present.has(column));
    if (columns.length > 0)
      database.run(
        `INSERT INTO ${to}.${table} (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM ${from}.${table}`,
      );
  }
};

const spaceOf = (database: SqliteDatabase, schema: Schema) =>
  database.get(`SELECT value FROM ${schema}.em_meta WHERE key = 'embedding_space'`)?.['value'];

/** Vector ids must go on growing: other processes read only what is newer than they know. */
const replaceVectors = (database: SqliteDatabase): void => {
  const known = database.get(`SELECT seq FROM main.sqlite_sequence WHERE name = 'em_local_vectors'`);
  const offset = Number(known?.['seq'] ?? 0);
  database.run('DELETE FROM main.em_local_vectors');
  database.run('DELETE FROM main.em_local_codes');
  if (spaceOf(database, 'restored') !== spaceOf(database, 'main')) {
    // Vectors of another model say nothing to this one.
    database.run(
      `INSERT INTO main.em_embed_queue (content_hash, size) SELECT content_hash, content_size FROM main.memories
       WHERE deleted_at IS NULL ON CONFLICT DO NOTHING`,
    );
    return;
  }
  database.run(
    `INSERT INTO main.em_local_vectors (id, memory_id, content_hash, space, chunk, vector)
     SELECT id + ?, memory_id, content_hash, space, chunk, vector FROM restored.em_local_vectors`,
    offset,
  );
  database.run(
    'INSERT INTO main.em_local_codes (id, memory_id, code) SELECT id + ?, memory_id, code FROM restored.em_local_codes',
    offset,
  );
};

/** Whether memories were stored, changed or removed since the copy was made. */
const isStale = (database: SqliteDatabase): boolean => {
  const differing = (
    one: Schema,
    other: Schema,
  ) => `SELECT 1 FROM ${one}.memories a LEFT JOIN ${other}.memories b
    ON b.content_hash = a.content_hash WHERE b.id IS NULL OR b.updated_at IS NOT a.updated_at`;
  return (
    database.get(`${differing('main', 'saved')} UNION ALL ${differing('saved', 'main')} LIMIT 1`) !==
    undefined
  );
};

/**
 * Copies a backup's rows over the present ones in one transaction. The file itself is never replaced: a process that
 * had it open would go on writing into the old one, and lose what it acknowledged. `savedFile` is a backup made just
 * before: what was stored since is added to it, so that nothing is lost.
 */
export const restoreBackup = (database: SqliteDatabase, backupFile: string, savedFile: string): void => {
  database.run('ATTACH ? AS restored', backupFile);
  try {
    database.run('ATTACH ? AS saved', savedFile);
    database.transaction(() => {
      if (isStale(database)) replaceRows(database, 'main', 'saved');
      replaceRows(database, 'restored', 'main');
      replaceVectors(database);
      // The triggers saw no more of large content than its place.
      database.run(
        'INSERT INTO em_local_unindexed (id) SELECT id FROM main.memories WHERE r2_key IS NOT NULL ON CONFLICT DO NOTHING',
      );
    });
  } finally {
    for (const { name } of database.all('PRAGMA database_list'))
      if (name === 'restored' || name === 'saved') database.exec(`DETACH ${name}`);
  }
  catchUpFullText(database);
};
