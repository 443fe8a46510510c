import { MemoryError } from '../memory/errors.ts';
import {
  fullTextTables,
  fullTextTriggers,
  migrations,
  MIN_COMPATIBLE,
  readVersion,
  recordVersion,
  SCHEMA_VERSION,
} from '../memory/schema.ts';
import type { SqliteDatabase } from './sqliteDatabase.ts';

/** What only this computer keeps: vectors, large content, leases, and what a process without FTS5 left to index. */
const localTables = [
  // Ids only grow, so that other processes read just what is new.
  `CREATE TABLE IF NOT EXISTS em_local_vectors (
    id INTEGER PRIMARY KEY AUTOINCREMENT, memory_id INTEGER NOT NULL, content_hash TEXT NOT NULL, space TEXT NOT NULL,
    chunk INTEGER NOT NULL, vector BLOB NOT NULL)`,
  // With the space, so that counting reads no vectors.
  `CREATE INDEX IF NOT EXISTS em_local_vectors_memory ON em_local_vectors(memory_id, space)`,
  // Sign bits alone, so that opening a store reads 64 bytes a vector, not 600.
  `CREATE TABLE IF NOT EXISTS em_local_codes (id INTEGER PRIMARY KEY, memory_id INTEGER NOT NULL, code BLOB NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS em_local_objects (key TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS em_local_leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires_at REAL NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS em_local_unindexed (id INTEGER PRIMARY KEY)`,
];

/** Of large content, as much as the engine indexes. Characters. */
const INDEXED_PART = 64 * 1024;

const versionOf = (database: SqliteDatabase): { schema: number; minCompatible: number } => {
  const known = database.get(`SELECT 1 FROM sqlite_schema WHERE name = 'em_meta'`);
  if (known === undefined) return { schema: 0, minCompatible: 0 };
  const meta = new Map(database.all(readVersion.sql).map((row) => [row['key'], Number(row['value'])]));
  return { schema: meta.get('schema_version') ?? 0, minCompatible: meta.get('min_compatible') ?? 0 };
};

/**
 * Brings a file to this version. Migrations only add, so an older program goes on working with a newer file, unless
 * the file says that it must not: then a `newer-version` error says what to update.
 */
export const migrate = (database: SqliteDatabase, file: string): void => {
  const { schema, minCompatible } = versionOf(database);
  if (minCompatible > SCHEMA_VERSION)
    throw new MemoryError(
      'newer-version',
      `${file} was written by a newer Edge Memory (format ${schema}; this one knows up to ${SCHEMA_VERSION}).`,
      'Update the Edge Memory extension in this editor, or the edge-memory command, and open it again.',
    );
  if (schema < SCHEMA_VERSION)
    database.transaction(() => {
      for (const { sql } of migrations.slice(schema).flat()) database.exec(sql);
      for (const sql of localTables) database.exec(sql);
      for (const { sql, params } of recordVersion) database.run(sql, ...(params ?? []));
    });
  keepFullText(database);
};

/** The least version of this program that may open what it writes. */
export const compatibility = { schemaVersion: SCHEMA_VERSION, minCompatible: MIN_COMPATIBLE };

/**
 * Triggers of this connection alone, which index what it writes. A process without FTS5 notes the rows instead, and
 * the next one with it catches up.
 */
const keepFullText = (database: SqliteDatabase): void => {
  if (database.features.fullText) {
    for (const { sql } of [...fullTextTables, ...fullTextTriggers(true)]) database.exec(sql);
    catchUpFullText(database);
    return;
  }
  const note = (row: string) =>
    `INSERT INTO em_local_unindexed (id) VALUES (${row}.id) ON CONFLICT DO NOTHING;`;
  database.exec(`CREATE TEMP TRIGGER em_note_insert AFTER INSERT ON memories BEGIN ${note('new')} END`);
  database.exec(
    `CREATE TEMP TRIGGER em_note_update AFTER UPDATE OF content ON memories BEGIN ${note('new')} END`,
  );
  database.exec(`CREATE TEMP TRIGGER em_note_delete AFTER DELETE ON memories BEGIN ${note('old')} END`);
};

/** Full text is derived from the memories: drops all of it, so that `migrate` makes it anew. */
export const dropFullText = (database: SqliteDatabase): void =>
  database.transaction(() => {
    for (const table of ['em_words', 'em_trigrams']) database.exec(`DROP TABLE IF EXISTS ${table}`);
    database.run(
      'INSERT INTO em_local_unindexed (id) SELECT id FROM memories WHERE true ON CONFLICT DO NOTHING',
    );
  });

/** Indexes what processes without FTS5 wrote. Cheap where there is nothing to do. */
export const catchUpFullText = (database: SqliteDatabase): void => {
  if (!database.features.fullText || database.get('SELECT 1 FROM em_local_unindexed LIMIT 1') === undefined)
    return;
  database.transaction(() => {
    for (const table of ['em_words', 'em_trigrams']) {
      database.run(`DELETE FROM ${table} WHERE rowid IN (SELECT id FROM em_local_unindexed)`);
      database.run(
        `INSERT INTO ${table} (rowid, body) SELECT m.id, coalesce(substr(o.content, 1, ?), m.content) FROM memories m
         LEFT JOIN em_local_objects o ON o.key = m.r2_key WHERE m.id IN (SELECT id FROM em_local_unindexed)`,
        INDEXED_PART,
      );
    }
    database.run('DELETE FROM em_local_unindexed');
  });
};
