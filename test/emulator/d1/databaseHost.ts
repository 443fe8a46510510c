import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { transform } from 'esbuild';
import { Miniflare } from 'miniflare';
import { Pool } from 'undici';
import type { DatabaseFailure, DatabaseQuery } from './databaseWorker.ts';

export type DatabaseAnswer =
  /** `results` is JSON: one entry per statement. */
  { readonly results: string; readonly rowsRead: number; readonly rowsWritten: number } | DatabaseFailure;

/** workerd, with any number of SQLite databases; each starts empty when it is first asked. */
export class DatabaseHost {
  readonly #miniflare: Miniflare;
  readonly #pool: Pool;

  private constructor(miniflare: Miniflare, pool: Pool) {
    this.#miniflare = miniflare;
    this.#pool = pool;
  }

  static async start(): Promise<DatabaseHost> {
    const source = await readFile(new URL('databaseWorker.ts', import.meta.url), 'utf8');
    const { code } = await transform(source, { loader: 'ts', target: 'es2022' });
    const miniflare = new Miniflare({
      modules: true,
      script: code,
      compatibilityDate: '2026-04-01',
      durableObjects: { DATABASE: { className: 'Database', useSQLite: true } },
      // Past miniflare's own entry worker, which halves the time of a query.
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
      // Only warnings about statements that D1 refuses anyway.
      handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
        stdout.resume();
        stderr.resume();
      },
    });
    await miniflare.ready;
    const url = await miniflare.unsafeGetDirectURL();
    return new DatabaseHost(miniflare, new Pool(url.origin, { connections: 16 }));
  }

  /** Runs the statements as one transaction. */
  async query(databaseId: string, query: DatabaseQuery, signal: AbortSignal): Promise<DatabaseAnswer> {
    const { statusCode, headers, body } = await this.#pool.request({
      method: 'POST',
      path: `/${databaseId}`,
      body: JSON.stringify(query),
      signal,
    });
    if (statusCode !== 200) return (await body.json()) as DatabaseFailure;
    const results = await body.text();
    return { results, rowsRead: Number(headers['rows-read']), rowsWritten: Number(headers['rows-written']) };
  }

  async remove(databaseId: string): Promise<void> {
    const { body } = await this.#pool.request({ method: 'DELETE', path: `/${databaseId}` });
    await body.dump();
  }

  async stop(): Promise<void> {
    await this.#pool.destroy();
    await this.#miniflare.dispose();
  }
}
