import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MemoryError } from '../memory/errors.ts';
import { isJsonObject } from '../memory/json.ts';
import type { JsonObject, NewMemory } from '../memory/memory.ts';

/** Where mcp-memory-service (v10.59) keeps its file unless it is told otherwise, and where it is told. */
export const serviceDatabasePaths = (env: NodeJS.ProcessEnv = process.env, home = homedir()): string[] => {
  const folders = [
    path.join(home, '.local/share/mcp-memory'),
    path.join(home, 'Library/Application Support/mcp-memory'),
    path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData/Local'), 'mcp-memory'),
  ];
  const told = ['MCP_MEMORY_SQLITE_PATH', 'MCP_MEMORY_SQLITEVEC_PATH'].flatMap((name) => env[name] ?? []);
  const files = [...told, ...folders.map((folder) => path.join(folder, 'sqlite_vec.db'))];
  return [...new Set(files)].filter((file) => existsSync(file));
};

type Row = Readonly<Record<string, string | number | null | Uint8Array | bigint>>;

/** The memories in a file of mcp-memory-service, which is only read; it may be in use meanwhile. */
export class ServiceDatabase {
  readonly #database: DatabaseSync;
  readonly #live: string;

  /** Throws a `MemoryError` where it is no such file. */
  constructor(file: string) {
    try {
      this.#database = new DatabaseSync(file, { readOnly: true });
      const columns = this.#database.prepare('PRAGMA table_info(memories)').all();
      if (!columns.some(({ name }) => name === 'content')) throw new Error('it has no table of memories');
      // Files from before its version 8.72 know no deleted ones.
      this.#live = columns.some(({ name }) => name === 'deleted_at') ? 'deleted_at IS NULL' : 'true';
    } catch (error) {
      throw new MemoryError(
        'storage-failed',
        `${file} can not be read: ${error instanceof Error ? error.message : String(error)}.`,
        'Close the program that uses it, or choose the file of mcp-memory-service.',
        { cause: error },
      );
    }
  }

  count(): number {
    const row = this.#database.prepare(`SELECT count(*) AS n FROM memories WHERE ${this.#live}`).get();
    return Number(row?.['n'] ?? 0);
  }

  /** The next ones after a row, in the order in which they were stored; `after` is 0 at the beginning. */
  page(after: number, limit: number): { readonly memories: NewMemory[]; readonly last: number } {
    const rows = this.#database
      .prepare(
        `SELECT rowid AS row, content, tags, memory_type, metadata, created_at FROM memories
         WHERE rowid > ? AND ${this.#live} ORDER BY rowid LIMIT ?`,
      )
      .all(after, limit);
    return { memories: rows.map(memoryOf), last: Number(rows.at(-1)?.['row'] ?? after) };
  }

  close(): void {
    this.#database.close();
  }
}

const memoryOf = (row: Row): NewMemory => {
  const { content, tags, memory_type: type, metadata, created_at: created } = row;
  return {
    content: String(content),
    tags: typeof tags === 'string' ? tags.split(',') : [],
    ...(typeof type === 'string' && type !== '' && { memoryType: type }),
    metadata: jsonOf(metadata),
    ...(typeof created === 'number' && { createdAt: created }),
    source: { client: 'mcp-memory-service' },
  };
};

const jsonOf = (text: unknown): JsonObject => {
  if (typeof text !== 'string') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
};
