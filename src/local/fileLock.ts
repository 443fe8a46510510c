import { DatabaseSync } from 'node:sqlite';
import { MemoryError } from '../memory/errors.ts';
import { toMemoryError } from './sqliteErrors.ts';

/** Longer than anything that a process does before it has its file open. Milliseconds. */
const TURN_MS = 30_000;
/** Processes that wait for their turn look, now and then, like users. Milliseconds. */
const ALONE_MS = 500;

/**
 * Tells whether other processes have a database open. A file beside it is locked as SQLite locks: shared by everybody
 * who has the store open, reserved by the one who is opening it, exclusive by who is about to set its file aside. The
 * system ends the lock with the process.
 */
export class FileLock {
  readonly #file: string;
  readonly #database: DatabaseSync;

  /** Throws a `MemoryError`. */
  constructor(file: string) {
    this.#file = file;
    this.#database = this.#guard(() => new DatabaseSync(file, { timeout: TURN_MS }));
    try {
      // A table to read: the shared lock is taken by the first read and held to the end of the transaction.
      this.#exec('CREATE TABLE IF NOT EXISTS users (id INTEGER)');
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Waits until no other process is opening the store: two that make or mend it at once get in each other's way. */
  takeTurn(): void {
    this.#begin('BEGIN IMMEDIATE', TURN_MS);
  }

  /** Ends the turn; for as long as the store is open. */
  share(): void {
    this.#begin('BEGIN; SELECT count(*) FROM users', TURN_MS);
  }

  /** True when no other process had the store open: nobody can open it until `share` or `close`. */
  takeAlone(): boolean {
    try {
      this.#begin('BEGIN EXCLUSIVE', ALONE_MS);
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #begin(sql: string, timeout: number): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    this.#exec(`PRAGMA busy_timeout = ${timeout}; ${sql}`);
  }

  #exec(sql: string): void {
    this.#guard(() => {
      this.#database.exec(sql);
    });
  }

  #guard<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      const explained = toMemoryError(error, this.#file);
      throw MemoryError.is(explained, 'damaged') ? unusable(this.#file, error) : explained;
    }
  }
}

const unusable = (file: string, cause: unknown): MemoryError =>
  new MemoryError(
    'damaged',
    `The lock file ${file} is damaged.`,
    'Close every window and terminal that uses it and delete this file: it holds nothing. Then open it again.',
    { cause },
  );
