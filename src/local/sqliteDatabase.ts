import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { MemoryError } from '../memory/errors.ts';
import type { CallOptions, SqlDatabase, SqlRow, SqlStatement, SqlValue } from '../memory/ports.ts';
import { toMemoryError } from './sqliteErrors.ts';

/** SQLite also keeps bytes, which the shared SQL never does. */
export type LocalValue = SqlValue | Uint8Array;
export type LocalRow = Readonly<Record<string, LocalValue>>;

export interface SqliteOptions {
  /** False treats this SQLite as built without FTS5. */
  readonly fullText?: boolean | undefined;
  /** Called when SQLite finds damage in the file. */
  readonly onDamage?: (() => void) | undefined;
}

/**
 * One connection to a file. WAL, so that readers and one writer of several processes do not wait for each other;
 * synchronous=FULL, because NORMAL can lose the last commits when the power fails.
 */
export class SqliteDatabase implements SqlDatabase {
  readonly features: SqlDatabase['features'];
  readonly #file: string;
  readonly #onDamage: (() => void) | undefined;
  readonly #database: DatabaseSync;
  readonly #statements = new LRUCache<string, StatementSync>({ max: 200 });

  /** Throws a `MemoryError` where the file can't be opened. */
  constructor(file: string, { fullText = true, onDamage }: SqliteOptions = {}) {
    this.#file = file;
    this.#onDamage = onDamage;
    this.#database = this.#guard(() => new DatabaseSync(file, { timeout: 5000 }));
    try {
      this.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY',
      );
    } catch (error) {
      // Left open, the file could not be moved on Windows.
      this.close();
      throw error;
    }
    this.features = { fullText: fullText && this.#hasFullText(), remote: false };
  }

  #hasFullText(): boolean {
    try {
      this.#database.exec('CREATE VIRTUAL TABLE temp.em_probe USING fts5(body); DROP TABLE temp.em_probe');
      return true;
    } catch {
      return false;
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous; errors become rejections
  async read(statements: readonly SqlStatement[], options?: CallOptions): Promise<SqlRow[][]> {
    options?.signal?.throwIfAborted();
    // One statement sees one state of the database by itself.
    if (statements.length < 2) return this.#guard(() => this.#runAll(statements));
    return this.#guard(() => this.#within('BEGIN', () => this.#runAll(statements)));
  }

  async write(statements: readonly SqlStatement[], options?: CallOptions): Promise<SqlRow[][]> {
    options?.signal?.throwIfAborted();
    const rows = this.transaction(() => this.#runAll(statements));
    // Between the transactions of a long call, others have their turn, and an abort arrives.
    await setImmediate();
    return rows;
  }

  /** A deferred BEGIN that reads and then writes fails at once when another process wrote in between. */
  transaction<T>(run: () => T): T {
    return this.#guard(() => this.#within('BEGIN IMMEDIATE', run));
  }

  all(sql: string, ...params: readonly LocalValue[]): LocalRow[] {
    return this.#guard(() => this.#prepare(sql).all(...params) as LocalRow[]);
  }

  get(sql: string, ...params: readonly LocalValue[]): LocalRow | undefined {
    return this.#guard(() => this.#prepare(sql).get(...params) as LocalRow | undefined);
  }

  run(sql: string, ...params: readonly LocalValue[]): { changes: number; lastRowid: number } {
    return this.#guard(() => {
      const { changes, lastInsertRowid } = this.#prepare(sql).run(...params);
      return { changes: Number(changes), lastRowid: Number(lastInsertRowid) };
    });
  }

  exec(sql: string): void {
    this.#guard(() => {
      this.#database.exec(sql);
    });
  }

  /** Changes when another connection, of any process, has committed. */
  dataVersion(): number {
    return Number(this.get('PRAGMA data_version')?.['data_version']);
  }

  /** Changes when any connection has written: another one by a commit, this one by each row. */
  version(): string {
    const row = this.get('SELECT data_version, total_changes() AS own FROM pragma_data_version');
    return `${String(row?.['data_version'])} ${String(row?.['own'])}`;
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #runAll(statements: readonly SqlStatement[]): SqlRow[][] {
    return statements.map(({ sql, params }) => this.#prepare(sql).all(...(params ?? [])) as SqlRow[]);
  }

  #within<T>(begin: string, run: () => T): T {
    this.#database.exec(begin);
    try {
      const result = run();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // Some errors, as a full disk, have ended the transaction already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guard<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      const explained = toMemoryError(error, this.#file);
      if (MemoryError.is(explained, 'damaged')) this.#onDamage?.();
      throw explained;
    }
  }
}
