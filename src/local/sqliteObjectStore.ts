import type { CallOptions, ObjectStore } from '../memory/ports.ts';
import type { SqliteDatabase } from './sqliteDatabase.ts';

/** Large content in a table of the same file: a folder of files would escape backups and transactions. */
export class SqliteObjectStore implements ObjectStore {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  async put(key: string, content: string, options?: CallOptions): Promise<void> {
    await this.#database.write(
      [
        {
          sql: 'INSERT INTO em_local_objects (key, content) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET content = excluded.content',
          params: [key, content],
        },
      ],
      options,
    );
  }

  async get(key: string, options?: CallOptions): Promise<string | undefined> {
    const [rows] = await this.#database.read(
      [{ sql: 'SELECT content FROM em_local_objects WHERE key = ?', params: [key] }],
      options,
    );
    const content = rows?.[0]?.['content'];
    return typeof content === 'string' ? content : undefined;
  }

  async delete(keys: readonly string[], options?: CallOptions): Promise<void> {
    await this.#database.write(
      [
        {
          sql: 'DELETE FROM em_local_objects WHERE key IN (SELECT value FROM json_each(?))',
          params: [JSON.stringify(keys)],
        },
      ],
      options,
    );
  }
}
