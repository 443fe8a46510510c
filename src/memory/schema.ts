import type { SqlStatement } from './ports.ts';

/**
 * The SQL that D1 and SQLite share. The tables of mcp-memory-service (v10.59) as they are, and beside them our own,
 * keyed by content_hash: that service rewrites metadata_json at every search, so nothing of ours relies on it.
 * Migrations only add. Each statement is an element of its own, because D1's splitter mishandles scripts.
 */
export const SCHEMA_VERSION = 2;
/** The oldest version of this code that can still work with a database made by it. */
export const MIN_COMPATIBLE = 1;

const serviceTables = [
  `CREATE TABLE IF NOT EXISTS memories (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    content_hash TEXT UNIQUE NOT NULL,
    content TEXT NOT NULL,
    memory_type TEXT,
    created_at REAL NOT NULL,
    created_at_iso TEXT NOT NULL,
    updated_at REAL,
    updated_at_iso TEXT,
    metadata_json TEXT,
    vector_id TEXT UNIQUE,
    content_size INTEGER DEFAULT 0,
    r2_key TEXT,
    tags TEXT,
    deleted_at REAL DEFAULT NULL)`,
  `CREATE TABLE IF NOT EXISTS tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS memory_tags (
    memory_id INTEGER NOT NULL, tag_id INTEGER NOT NULL, PRIMARY KEY (memory_id, tag_id),
    FOREIGN KEY (memory_id) REFERENCES memories(id) ON DELETE CASCADE,
    FOREIGN KEY (tag_id) REFERENCES tags(id) ON DELETE CASCADE)`,
  `CREATE TABLE IF NOT EXISTS memory_graph (
    source_hash TEXT NOT NULL, target_hash TEXT NOT NULL, similarity REAL NOT NULL, connection_types TEXT NOT NULL,
    metadata TEXT, created_at REAL NOT NULL, relationship_type TEXT DEFAULT 'related',
    PRIMARY KEY (source_hash, target_hash))`,
  `CREATE INDEX IF NOT EXISTS idx_memories_created_at ON memories(created_at)`,
];

export const createMeta: SqlStatement = {
  sql: `CREATE TABLE IF NOT EXISTS em_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
};

const ourTables = [
  createMeta.sql,
  `CREATE TABLE IF NOT EXISTS em_info (
    content_hash TEXT PRIMARY KEY, pinned INTEGER NOT NULL DEFAULT 0, local_only INTEGER NOT NULL DEFAULT 0,
    source_json TEXT, superseded_by TEXT, excerpt TEXT) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS em_lineage (
    content_hash TEXT NOT NULL, replaced_by TEXT NOT NULL, reason TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (content_hash, replaced_by)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS em_projects (name TEXT PRIMARY KEY, local_only INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID`,
  // Memories that wait for their vector; short ones first.
  `CREATE TABLE IF NOT EXISTS em_embed_queue (content_hash TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS em_embed_queue_size ON em_embed_queue(size)`,
  `CREATE INDEX IF NOT EXISTS em_lineage_replaced_by ON em_lineage(replaced_by)`,
  `CREATE INDEX IF NOT EXISTS em_info_pinned ON em_info(content_hash) WHERE pinned = 1`,
  `CREATE INDEX IF NOT EXISTS em_memory_tags_tag ON memory_tags(tag_id, memory_id)`,
  `CREATE INDEX IF NOT EXISTS em_memories_deleted ON memories(deleted_at) WHERE deleted_at IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS em_memories_type ON memories(memory_type, created_at) WHERE deleted_at IS NULL`,
  `CREATE INDEX IF NOT EXISTS em_graph_target ON memory_graph(target_hash)`,
];

/** The path in em_info's source, word for word as the index on it has it; another program may have broken the source. */
export const SOURCE_PATH = `CASE WHEN json_valid(source_json) THEN json_extract(source_json, '$.path') END`;

/** Only the few memories that come from a file have an entry, so that the others cost no write more. */
const sourcePathIndex = `CREATE INDEX IF NOT EXISTS em_info_source_path ON em_info(${SOURCE_PATH})
  WHERE ${SOURCE_PATH} IS NOT NULL`;

/** Keeps a value of em_meta by its key. */
export const recordMeta = (key: string, value: string): SqlStatement => ({
  sql: `INSERT INTO em_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  params: [key, value],
});

/** Every migration in order; index 0 leads to version 1. Safe to repeat. */
export const migrations: readonly (readonly SqlStatement[])[] = [
  [...serviceTables, ...ourTables].map((sql) => ({ sql })),
  [{ sql: sourcePathIndex }],
];

export const recordVersion: readonly SqlStatement[] = [
  recordMeta('schema_version', String(SCHEMA_VERSION)),
  recordMeta('min_compatible', String(MIN_COMPATIBLE)),
];

/** What is known of a database: fails where em_meta is missing, which means version 0. */
export const readVersion: SqlStatement = {
  sql: `SELECT key, value FROM em_meta WHERE key IN ('schema_version', 'min_compatible')`,
};

/**
 * Full text is derived and can be dropped and filled again. Contentless tables: with external content, an UPDATE of a
 * row that is not indexed yet fails with SQLITE_CORRUPT_VTAB.
 */
export const fullTextTables: readonly SqlStatement[] = [
  {
    sql: `CREATE VIRTUAL TABLE IF NOT EXISTS em_words USING fts5(
      body, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2')`,
  },
  {
    sql: `CREATE VIRTUAL TABLE IF NOT EXISTS em_trigrams USING fts5(
      body, content='', contentless_delete=1, tokenize='trigram')`,
  },
];

/** The key of em_meta that holds the last id that was there before our triggers, which index everything after it. */
export const FILL_TO_KEY = 'full_text_fill_to';
/** And up to which id such rows are indexed by now. */
export const FILLED_KEY = 'full_text_filled_to';
/** Ids that one transaction indexes: rows of a kilobyte or two, well within D1's 30 seconds. */
export const FILL_RANGE = 2000;

/** A whole number of em_meta in SQL; 0 where there is none. */
export const metaNumber = (key: string): string =>
  `coalesce((SELECT CAST(value AS INTEGER) FROM em_meta WHERE key = '${key}'), 0)`;

/** The statements that put one memory's text into the full-text tables; `row` is the SQL name of the record, as `new`. */
const index = (row: string) => `
  INSERT INTO em_words (rowid, body) VALUES (${row}.id, ${row}.content);
  INSERT INTO em_trigrams (rowid, body) VALUES (${row}.id, ${row}.content);`;
const unindex = `
  DELETE FROM em_words WHERE rowid = old.id;
  DELETE FROM em_trigrams WHERE rowid = old.id;`;

/** `TEMP` triggers belong to one connection: one without FTS5 cannot run triggers that need it. */
export const fullTextTriggers = (temporary: boolean): readonly SqlStatement[] => {
  const create = temporary ? 'CREATE TEMP TRIGGER' : 'CREATE TRIGGER IF NOT EXISTS';
  return [
    { sql: `${create} em_index_insert AFTER INSERT ON memories BEGIN ${index('new')} END` },
    {
      sql: `${create} em_index_update AFTER UPDATE OF content ON memories WHEN new.content IS NOT old.content
        BEGIN ${unindex} ${index('new')} END`,
    },
    { sql: `${create} em_index_delete AFTER DELETE ON memories BEGIN ${unindex} END` },
  ];
};
