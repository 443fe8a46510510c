import { randomUUID } from 'node:crypto';
import type { SqliteDatabase } from './sqliteDatabase.ts';

/** A duty that one process of this machine has at a time. Ends by itself when the process does not renew it. */
export class Lease {
  readonly #database: SqliteDatabase;
  readonly #name: string;
  readonly #seconds: number;
  readonly #owner = randomUUID();

  constructor(database: SqliteDatabase, name: string, seconds: number) {
    this.#database = database;
    this.#name = name;
    this.#seconds = seconds;
  }

  /** Takes or renews it; false while another process holds it. */
  take(): boolean {
    const now = Date.now() / 1000;
    const { changes } = this.#database.run(
      `INSERT INTO em_local_leases (name, owner, expires_at) VALUES (?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
       WHERE em_local_leases.owner = excluded.owner OR em_local_leases.expires_at NOT BETWEEN ? AND ?`,
      this.#name,
      this.#owner,
      now + this.#seconds,
      now,
      // What ends later than that was taken before the clock was set back.
      now + this.#seconds,
    );
    return changes > 0;
  }

  release(): void {
    this.#database.run('DELETE FROM em_local_leases WHERE name = ? AND owner = ?', this.#name, this.#owner);
  }
}
