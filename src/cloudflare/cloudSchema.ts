import { MemoryError } from '../memory/errors.ts';
import type { CallOptions, SqlDatabase, SqlRow, SqlStatement } from '../memory/ports.ts';
import {
  createMeta,
  FILL_RANGE,
  FILL_TO_KEY,
  FILLED_KEY,
  fullTextTables,
  fullTextTriggers,
  metaNumber,
  migrations,
  recordMeta,
  recordVersion,
  SCHEMA_VERSION,
} from '../memory/schema.ts';
import { readUncopied } from './copyVectors.ts';
import { CloudflareApiError } from './errors.ts';
import { CHUNKS_KEY, INDEX_KEY, SPACE_KEY } from './metaKeys.ts';
import { notPrepared } from './unpreparedDatabase.ts';
import type { VectorTable } from './vectorRows.ts';

export const createVectorTable = (table: VectorTable): SqlStatement => ({
  sql: `CREATE TABLE IF NOT EXISTS ${table} (
    content_hash TEXT PRIMARY KEY, space TEXT NOT NULL, chunks INTEGER NOT NULL, vectors TEXT NOT NULL,
    codes TEXT NOT NULL, written_at REAL NOT NULL) WITHOUT ROWID`,
});
export const indexVectorTable: SqlStatement = {
  sql: 'CREATE INDEX IF NOT EXISTS em_vectors_written ON em_vectors(written_at)',
};

/** What D1 keeps beside the shared tables. */
const cloudTables: readonly SqlStatement[] = [createVectorTable('em_vectors'), indexVectorTable];

/** Columns that mcp-memory-service added in v8.72; older databases lack them. */
const laterColumns: readonly { readonly name: string; readonly sql: string }[] = [
  { name: 'tags', sql: 'ALTER TABLE memories ADD COLUMN tags TEXT' },
  { name: 'deleted_at', sql: 'ALTER TABLE memories ADD COLUMN deleted_at REAL DEFAULT NULL' },
];

/** Further keys of em_meta: the names of the index and of the bucket that it was connected with first. */
const CONNECTED_INDEX_KEY = 'connected_index';
const CONNECTED_BUCKET_KEY = 'connected_bucket';
/** There where Edge Memory made memory_graph, which mcp-memory-service makes only when it links memories. */
const GRAPH_KEY = 'made_graph';

export interface D1State {
  /** 0: a database that Edge Memory has not been connected to. */
  readonly schemaVersion: number;
  readonly minCompatible: number;
  /** Whether it has the tables of mcp-memory-service. */
  readonly hasMemories: boolean;
  readonly missingColumns: readonly string[];
  /** By which model and pooling its vectors are made, where that was recorded. */
  readonly embeddingSpace: string | undefined;
  /** The index that it was rebuilt into, if it was. */
  readonly index: string | undefined;
  /** The index and the bucket that it was connected with first, where that was recorded. */
  readonly connectedIndex: string | undefined;
  readonly connectedBucket: string | undefined;
  /** Whether there is a second index, for further chunks. */
  readonly hasChunks: boolean;
  /** Whether memories wait for their vector. */
  readonly hasWaiting: boolean;
  /** Whether rows came that nobody looked at yet for vectors without a copy. */
  readonly hasUncopied: boolean;
}

/** What a database is that was just made. */
export const NEW_DATABASE: D1State = {
  schemaVersion: 0,
  minCompatible: 0,
  hasMemories: false,
  missingColumns: [],
  embeddingSpace: undefined,
  index: undefined,
  connectedIndex: undefined,
  connectedBucket: undefined,
  hasChunks: false,
  hasWaiting: false,
  hasUncopied: false,
};

/** Of the table that mcp-memory-service keeps memories in. */
export const readColumns: SqlStatement = { sql: `SELECT name FROM pragma_table_info('memories')` };
const readMeta: SqlStatement = {
  sql: `SELECT key, value FROM em_meta WHERE key IN ('schema_version', 'min_compatible', '${SPACE_KEY}', '${INDEX_KEY}',
    '${CHUNKS_KEY}', '${CONNECTED_INDEX_KEY}', '${CONNECTED_BUCKET_KEY}')`,
};
const readWaiting: SqlStatement = { sql: 'SELECT content_hash FROM em_embed_queue LIMIT 1' };

/** Fails as a whole where a database is not ours yet. */
const readState = async (sql: SqlDatabase, options?: CallOptions): Promise<SqlRow[][]> => {
  try {
    return await sql.read([readColumns, readMeta, readWaiting, readUncopied], options);
  } catch (error) {
    if (CloudflareApiError.of(error)?.reason !== 'd1-missing-table') throw error;
    return sql.read([readColumns], options);
  }
};

/** Reads, and changes nothing: one request where the database was connected before, else two. */
export const inspectDatabase = async (sql: SqlDatabase, options?: CallOptions): Promise<D1State> => {
  const [columns = [], rows = [], waiting = [], uncopied] = await readState(sql, options);
  const present = new Set(columns.map((row) => row['name']));
  const hasMemories = present.size > 0;
  if (hasMemories && !present.has('content_hash'))
    throw new MemoryError(
      'misconfigured',
      'The database has a table “memories” of another program than mcp-memory-service.',
      'Choose another database, or let a new one be made.',
    );
  const meta = new Map(rows.map((row) => [row['key'], row['value']]));
  const text = (key: string): string | undefined => {
    const value = meta.get(key);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    // Where the records are gone, everything has to be made anew.
    schemaVersion: hasMemories ? Number(meta.get('schema_version') ?? 0) : 0,
    minCompatible: Number(meta.get('min_compatible') ?? 0),
    hasMemories,
    missingColumns: hasMemories
      ? laterColumns.map(({ name }) => name).filter((name) => !present.has(name))
      : [],
    embeddingSpace: text(SPACE_KEY),
    index: text(INDEX_KEY),
    connectedIndex: text(CONNECTED_INDEX_KEY),
    connectedBucket: text(CONNECTED_BUCKET_KEY),
    hasChunks: meta.has(CHUNKS_KEY),
    hasWaiting: waiting.length > 0,
    hasUncopied: uncopied === undefined ? hasMemories : uncopied[0]?.['yes'] === 1,
  };
};

/** Records what serves a database, as far as that is not recorded yet. */
export const recordResources = (
  { connectedIndex, connectedBucket }: D1State,
  { index, bucket }: { readonly index: string; readonly bucket: string | undefined },
): SqlStatement[] => {
  const record = (key: string, value: string): SqlStatement => ({
    sql: 'INSERT INTO em_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING',
    params: [key, value],
  });
  return [
    ...(connectedIndex === undefined ? [record(CONNECTED_INDEX_KEY, index)] : []),
    ...(connectedBucket === undefined && bucket !== undefined ? [record(CONNECTED_BUCKET_KEY, bucket)] : []),
  ];
};

/** A row of its own: a statement that changes nothing may pass without the right to. */
const tryWriting = recordMeta('may_write', 'yes');

/** Whether the token may write, and `more` on the way. Rejects where the database can't be asked at all. */
export const mayWrite = async (
  sql: SqlDatabase,
  options?: CallOptions,
  more: readonly SqlStatement[] = [],
): Promise<boolean> => {
  try {
    await sql.write([tryWriting, ...more], options);
    return true;
  } catch (error) {
    // Where our tables are missing once a store is open, the token could not add them.
    const isUnprepared = CloudflareApiError.of(error)?.reason === 'd1-missing-table';
    if (isUnprepared || MemoryError.is(error, 'forbidden')) return false;
    throw error;
  }
};

/**
 * Brings a database to this version. Safe to repeat; what the service wrote stays as it is. Answers false where the
 * token may not write and there are memories, but no tables of ours.
 */
export const migrateDatabase = async (
  sql: SqlDatabase,
  state: D1State,
  space: string,
  options?: CallOptions,
): Promise<boolean> => {
  const { schemaVersion, minCompatible, missingColumns, embeddingSpace, hasMemories } = state;
  if (minCompatible > SCHEMA_VERSION)
    throw new MemoryError(
      'newer-version',
      `The database was written by a newer Edge Memory (format ${schemaVersion}; this one knows up to ${SCHEMA_VERSION}).`,
      'Update the Edge Memory extension in this editor, or the edge-memory command.',
    );
  if (embeddingSpace !== undefined && embeddingSpace !== space)
    throw new MemoryError(
      'misconfigured',
      `The vectors of this database are made by ${embeddingSpace}; those of ${space} can not be compared with them.`,
      'Choose the model that the database was connected with (CLOUDFLARE_EMBEDDING_MODEL), or run Rebuild Index.',
    );
  const isRecorded = schemaVersion >= SCHEMA_VERSION && embeddingSpace !== undefined;
  if (isRecorded && missingColumns.length === 0) return true;
  const upgrade = sql.write(
    [
      ...laterColumns
        .filter(({ name }) => missingColumns.includes(name))
        .map((column) => ({ sql: column.sql })),
      createMeta,
      {
        sql: `INSERT INTO em_meta (key, value) SELECT '${GRAPH_KEY}', 'yes'
          WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'memory_graph') ON CONFLICT (key) DO NOTHING`,
      },
      ...migrations.flat(),
      ...cloudTables,
      ...fullTextTables,
      ...fullTextTriggers(false),
      {
        sql: `INSERT INTO em_meta (key, value) SELECT '${FILL_TO_KEY}', CAST(coalesce(max(id), 0) AS TEXT)
          FROM memories WHERE true ON CONFLICT (key) DO NOTHING`,
      },
      {
        sql: `INSERT INTO em_meta (key, value) VALUES ('${SPACE_KEY}', ?) ON CONFLICT (key) DO NOTHING`,
        params: [space],
      },
      ...recordVersion,
    ],
    options,
  );
  try {
    await upgrade;
    return true;
  } catch (error) {
    if (!MemoryError.is(error, 'forbidden')) throw error;
    if (schemaVersion === 0 && !hasMemories) throw notPrepared(error);
    return schemaVersion > 0;
  }
};

const begin = metaNumber(FILLED_KEY);
const end = `min(${metaNumber(FILL_TO_KEY)}, ${begin} + ${FILL_RANGE})`;

/**
 * Indexes the text of the rows that were there before our triggers, a range of ids and one request a call; resumes
 * where it ended. Answers how many ids are left.
 */
export const fillFullText = async (sql: SqlDatabase, options?: CallOptions): Promise<number> => {
  const fill = (table: string): SqlStatement => ({
    sql: `INSERT INTO ${table} (rowid, body) SELECT id, content FROM memories WHERE id > ${begin} AND id <= ${end}
      AND id NOT IN (SELECT rowid FROM ${table} WHERE rowid > ${begin} AND rowid <= ${end})`,
  });
  const answers = await sql.write(
    [
      fill('em_words'),
      fill('em_trigrams'),
      {
        sql: `INSERT INTO em_meta (key, value) SELECT '${FILLED_KEY}', CAST(${end} AS TEXT) WHERE true
          ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      },
      readUnfilled,
    ],
    options,
  );
  return remainingIn(answers.at(-1));
};

/** How many ids `fillFullText` has left. */
export const unfilledFullText = async (sql: SqlDatabase, options?: CallOptions): Promise<number> => {
  const [rows] = await sql.read([readUnfilled], options);
  return remainingIn(rows);
};

const readUnfilled: SqlStatement = { sql: `SELECT ${metaNumber(FILL_TO_KEY)} - ${begin} AS remaining` };

const remainingIn = (rows: readonly SqlRow[] = []): number =>
  Math.max(0, Number(rows[0]?.['remaining'] ?? 0));

/** Everything of ours, in an order that takes nothing from under another. */
const dropOurs: readonly SqlStatement[] = [
  ...['em_index_insert', 'em_index_update', 'em_index_delete'].map((name) => ({
    sql: `DROP TRIGGER IF EXISTS ${name}`,
  })),
  ...[
    'em_words',
    'em_trigrams',
    'em_vectors',
    'em_vectors_next',
    'em_embed_queue',
    'em_projects',
    'em_lineage',
    'em_info',
    'em_meta',
  ].map((name) => ({ sql: `DROP TABLE IF EXISTS ${name}` })),
  ...['em_memory_tags_tag', 'em_memories_deleted', 'em_memories_type', 'em_graph_target'].map((name) => ({
    sql: `DROP INDEX IF EXISTS ${name}`,
  })),
];

/**
 * Leaves what the service has, as it was: memory_graph goes too where Edge Memory made it and nothing is linked. Columns
 * that newer versions of the service have stay, because deleted memories would come back without them.
 */
export const removeOurTables = async (sql: SqlDatabase, options?: CallOptions): Promise<void> => {
  const isOwnGraph = await madeGraphInVain(sql, options);
  await sql.write(
    [...dropOurs, ...(isOwnGraph ? [{ sql: 'DROP TABLE IF EXISTS memory_graph' }] : [])],
    options,
  );
};

const madeGraphInVain = async (sql: SqlDatabase, options?: CallOptions): Promise<boolean> => {
  try {
    const [rows] = await sql.read(
      [
        {
          sql: `SELECT EXISTS (SELECT 1 FROM em_meta WHERE key = '${GRAPH_KEY}') AND NOT EXISTS (SELECT 1 FROM memory_graph) AS yes`,
        },
      ],
      options,
    );
    return rows?.[0]?.['yes'] === 1;
  } catch (error) {
    // Removed before, by a call whose answer was lost.
    if (CloudflareApiError.of(error)?.reason !== 'd1-missing-table') throw error;
    return false;
  }
};
