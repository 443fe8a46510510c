import { MemoryError } from '../memory/errors.ts';
import type { CallOptions, SqlDatabase, SqlRow, SqlStatement } from '../memory/ports.ts';

/** The tables that statements of ours read beside the memories, with all of their columns. */
export const TABLES = {
  tags: 'id, name',
  memory_tags: 'memory_id, tag_id',
  memory_graph:
    'source_hash, target_hash, similarity, connection_types, metadata, created_at, relationship_type',
  em_info: 'content_hash, pinned, local_only, source_json, superseded_by, excerpt',
  em_lineage: 'content_hash, replaced_by, reason, at',
  em_projects: 'name, local_only',
  em_embed_queue: 'content_hash, size',
  em_vectors: 'content_hash, space, chunks, vectors, codes, written_at',
  em_meta: 'key, value',
} as const;

/** An empty table that lasts for one statement. */
const emptyTable = ([name, columns]: readonly [string, string]): readonly [string, string] => {
  const nulls = columns.split(', ').map(() => 'NULL');
  return [name, `${name} (${columns}) AS (SELECT ${nulls.join(', ')} WHERE 0)`];
};

/** Why a database can only be read. */
export const notPrepared = (cause?: unknown): MemoryError =>
  new MemoryError(
    'forbidden',
    'The API token may not write to the database, which does not have Edge Memory’s tables yet.',
    'Connect once with a token that has “D1 Edit”; afterwards one that may only read is enough to search.',
    { cause },
  );

/**
 * A database of mcp-memory-service that was never prepared, under a token that may only read: every statement brings the
 * tables and columns that are missing along, empty. Without full text, words are found by reading every text.
 */
export class UnpreparedDatabase implements SqlDatabase {
  readonly features = { fullText: false, remote: true } as const;
  readonly #sql: SqlDatabase;
  /** What a statement needs in front of it to read a table. */
  readonly #missing: readonly (readonly [table: string, definition: string])[];

  constructor(sql: SqlDatabase, tables: ReadonlySet<unknown>, missingColumns: readonly string[]) {
    this.#sql = sql;
    const added = missingColumns.map((column) => `NULL AS ${column}`).join(', ');
    this.#missing = [
      ...(added === '' ? [] : [['memories', `memories AS (SELECT *, ${added} FROM main.memories)`] as const]),
      ...Object.entries(TABLES)
        .filter(([name]) => !tables.has(name))
        .map(emptyTable),
    ];
  }

  read(statements: readonly SqlStatement[], options?: CallOptions): Promise<SqlRow[][]> {
    return this.#sql.read(
      statements.map(({ sql, ...rest }) => ({ ...rest, sql: this.#complete(sql) })),
      options,
    );
  }

  write(): Promise<never> {
    return Promise.reject(notPrepared());
  }

  #complete(sql: string): string {
    const needed = this.#missing.filter(([name]) => new RegExp(`\\b${name}\\b`).test(sql));
    if (needed.length === 0) return sql;
    const [, recursive = '', own] = /^\s*WITH\s+(RECURSIVE\s+)?([^]*)$/i.exec(sql) ?? [];
    const definitions = needed.map(([, definition]) => definition).join(', ');
    return `WITH ${recursive}${definitions}${own === undefined ? ` ${sql}` : `, ${own}`}`;
  }
}

/** One request: which tables there are. */
export const openUnprepared = async (
  sql: SqlDatabase,
  { missingColumns }: { readonly missingColumns: readonly string[] },
  options?: CallOptions,
): Promise<UnpreparedDatabase> => {
  const [rows = []] = await sql.read(
    [{ sql: `SELECT name FROM sqlite_schema WHERE type = 'table'` }],
    options,
  );
  return new UnpreparedDatabase(sql, new Set(rows.map((row) => row['name'])), missingColumns);
};
