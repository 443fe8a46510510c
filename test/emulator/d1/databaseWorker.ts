/**
 * Runs inside workerd: one Durable Object with an SQLite database of its own per D1 database, as D1 itself is built.
 * The authorizer, the limits and the transactions are therefore the real ones.
 */
type SqlParam = string | number | null;
type SqlValue = string | number | null | ArrayBuffer;

interface SqlCursor {
  readonly columnNames: readonly string[];
  readonly rowsRead: number;
  readonly rowsWritten: number;
  raw(): Iterable<SqlValue[]>;
}

interface Storage {
  readonly sql: {
    exec(sql: string, ...params: (SqlParam | Uint8Array)[]): SqlCursor;
    readonly databaseSize: number;
  };
  transactionSync<T>(action: () => T): T;
  deleteAll(): Promise<void>;
}

interface Namespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request): Promise<Response> };
}

export interface DatabaseStatement {
  readonly sql: string;
  /** A list of numbers is a blob. */
  readonly params: readonly (SqlParam | readonly number[])[];
}

export interface DatabaseQuery {
  readonly statements: readonly DatabaseStatement[];
  /** `objects` is what /query answers, `arrays` what /raw does. */
  readonly rows: 'objects' | 'arrays';
  readonly readOnly: boolean;
  readonly maxBytes: number;
}

interface StatementResult {
  readonly results: unknown;
  readonly success: boolean;
  readonly meta: { readonly rows_read: number; readonly rows_written: number } & Readonly<
    Record<string, unknown>
  >;
}

/** Why nothing was changed: SQLite's own message, or one of two marks. */
export type DatabaseFailure = { readonly message: string } | { readonly refused: 'write' | 'size' };

class Refused extends Error {
  readonly why: 'write' | 'size';
  constructor(why: 'write' | 'size') {
    super(why);
    this.why = why;
  }
}

/** D1's documented limit; workerd's own is a little above. */
const maxValueBytes = 2_000_000;

export class Database {
  readonly #storage: Storage;

  constructor(state: { readonly storage: Storage }) {
    this.#storage = state.storage;
  }

  async fetch(request: Request): Promise<Response> {
    if (request.method === 'DELETE') {
      await this.#storage.deleteAll();
      return new Response();
    }
    const query = (await request.json()) as DatabaseQuery;
    try {
      const results = this.#storage.transactionSync(() => this.#runAll(query));
      const sum = (key: 'rows_read' | 'rows_written'): string =>
        String(results.reduce((total, { meta }) => total + meta[key], 0));
      const headers = { 'rows-read': sum('rows_read'), 'rows-written': sum('rows_written') };
      return Response.json(results, { headers });
    } catch (error) {
      const failure: DatabaseFailure =
        error instanceof Refused ? { refused: error.why } : { message: (error as Error).message };
      return Response.json(failure, { status: 400 });
    }
  }

  #runAll(query: DatabaseQuery): StatementResult[] {
    let before = this.#counters();
    return query.statements.map((statement) => {
      const began = performance.now();
      const cursor = this.#storage.sql.exec(statement.sql, ...statement.params.map(bindable));
      const results = readRows(cursor, query.rows);
      const after = this.#counters();
      const written = cursor.rowsWritten > 0 || after.size !== before.size;
      if (query.readOnly && written) throw new Refused('write');
      if (written && after.size > query.maxBytes) throw new Refused('size');
      const duration = performance.now() - began;
      const meta = {
        served_by: 'v3-prod',
        served_by_region: 'WEUR',
        served_by_colo: 'FRA',
        served_by_primary: true,
        timings: { sql_duration_ms: duration },
        duration,
        changes: after.changes - before.changes,
        last_row_id: after.lastRowId,
        changed_db: written,
        size_after: after.size,
        rows_read: cursor.rowsRead,
        rows_written: cursor.rowsWritten,
      };
      before = after;
      return { results, success: true, meta };
    });
  }

  #counters(): { changes: number; lastRowId: number; size: number } {
    const [row = []] = this.#storage.sql.exec('SELECT total_changes(), last_insert_rowid()').raw();
    return { changes: Number(row[0]), lastRowId: Number(row[1]), size: this.#storage.sql.databaseSize };
  }
}

/** Of two columns with one name the last wins in objects, as in D1's own answers. */
function readRows(cursor: SqlCursor, form: DatabaseQuery['rows']): unknown {
  const columns = cursor.columnNames;
  const rows = Array.from(cursor.raw(), (row): unknown[] => row.map(readable));
  if (form === 'arrays') return { columns, rows };
  return rows.map((row) => {
    const object: Record<string, unknown> = {};
    for (const [index, column] of columns.entries()) object[column] = row[index];
    return object;
  });
}

function bindable(param: SqlParam | readonly number[]): SqlParam | Uint8Array {
  if (typeof param === 'string' && new TextEncoder().encode(param).length > maxValueBytes) {
    throw new Error('string or blob too big: SQLITE_TOOBIG');
  }
  return typeof param === 'object' && param !== null ? Uint8Array.from(param) : param;
}

function readable(value: SqlValue): SqlParam | number[] {
  return value instanceof ArrayBuffer ? Array.from(new Uint8Array(value)) : value;
}

const worker = {
  /** The path is the database's id. */
  fetch(request: Request, { DATABASE }: { readonly DATABASE: Namespace }): Promise<Response> {
    return DATABASE.get(DATABASE.idFromName(new URL(request.url).pathname)).fetch(request);
  },
};
// eslint-disable-next-line no-restricted-exports -- workerd calls a module's default export
export default worker;
