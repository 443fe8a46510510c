import { existsSync, statSync } from 'node:fs';
import { MemoryEngine } from '../memory/memoryEngine.ts';
import type { StoreEvent } from '../memory/memory.ts';
import type { CallOptions, Embedder, SqlStatement } from '../memory/ports.ts';
import { BackgroundEmbedding } from './backgroundEmbedding.ts';
import { lastBackupAt, listBackups, makeBackup, removeOldBackups } from './backups.ts';
import { Lease } from './lease.ts';
import { catchUpFullText, compatibility } from './localSchema.ts';
import type { Backup, LocalStore, LocalStoreDescription, LocalStoreOptions } from './localStore.ts';
import { checkBackup, restoreBackup } from './restoreBackup.ts';
import { SqliteObjectStore } from './sqliteObjectStore.ts';
import { SqliteVectorIndex } from './sqliteVectorIndex.ts';
import { type OpenFile, openStoreFile } from './storeFile.ts';
import { InThreadEmbedder } from './useLite/inThreadEmbedder.ts';
import { WorkerEmbedder } from './workerEmbedder.ts';

const LARGE_CONTENT = 1024 * 1024;
/** How often other processes' writes are looked for. */
const WATCH_MS = 400;
/** What a person waits for at the start goes before the background's work. */
const BEGIN_MS = 100;
const BACKUP_CHECK_MS = 3_600_000;
const DAY = 86_400;
const BACKUP_LEASE = 600;

export type DisposableEmbedder = Embedder & { dispose(): Promise<void> | void };

const withoutVector = `SELECT m.content_hash AS name FROM memories m WHERE +m.deleted_at IS NULL
  AND m.id NOT IN (SELECT memory_id FROM em_local_vectors) AND m.content_hash NOT IN (SELECT content_hash FROM em_embed_queue)`;

const dropOrphanVectors: readonly SqlStatement[] = [
  'DELETE FROM em_local_vectors WHERE memory_id NOT IN (SELECT id FROM memories WHERE +deleted_at IS NULL)',
  'DELETE FROM em_local_codes WHERE id NOT IN (SELECT id FROM em_local_vectors)',
].map((sql) => ({ sql }));

class EmbeddedStore extends MemoryEngine implements LocalStore {
  readonly #file: string;
  readonly #open: OpenFile;
  readonly #embedder: DisposableEmbedder;
  readonly #background: BackgroundEmbedding | undefined;
  readonly #timers: NodeJS.Timeout[] = [];
  #backup: Promise<void> | undefined;
  #dataVersion: number;
  #setAside: string | undefined;

  constructor(
    open: OpenFile,
    embedder: DisposableEmbedder,
    { database: file, background = true }: LocalStoreOptions,
  ) {
    const { database } = open;
    super(
      {
        sql: database,
        vectors: new SqliteVectorIndex(database, embedder.model),
        objects: new SqliteObjectStore(database),
        embedder,
      },
      {
        largeContentBytes: LARGE_CONTENT,
        storageBytes: () => bytesOf(file),
        checks: [
          {
            kind: 'missing-object',
            select: `SELECT m.content_hash AS name FROM memories m WHERE m.r2_key IS NOT NULL AND +m.deleted_at IS NULL
              AND m.r2_key NOT IN (SELECT key FROM em_local_objects)`,
          },
          {
            kind: 'orphan-vector',
            select: `SELECT DISTINCT v.content_hash AS name FROM em_local_vectors v
              LEFT JOIN memories m ON m.id = v.memory_id WHERE m.id IS NULL OR m.deleted_at IS NOT NULL`,
            repair: dropOrphanVectors,
          },
          {
            kind: 'missing-vector',
            select: withoutVector,
            // Memories in a language that the model does not know have none.
            concerns: (text) => embedder.model.understands(text),
            repair: [
              {
                sql: `INSERT INTO em_embed_queue (content_hash, size) SELECT content_hash, content_size FROM memories
                  WHERE content_hash IN (${withoutVector}) ON CONFLICT DO NOTHING`,
              },
            ],
          },
        ],
      },
    );
    this.#file = file;
    this.#open = open;
    this.#embedder = embedder;
    this.#dataVersion = database.dataVersion();
    this.#adoptModel();
    this.#setAside = open.setAside;
    if (!background) return;
    this.#background = new BackgroundEmbedding(this, database);
    super.onDidChange((event) => {
      if (event.kind === 'changed') this.#background?.wake(event.by);
    });
    this.#timers.push(setInterval(() => this.#watch(), WATCH_MS).unref());
    const backUpDaily = () => {
      this.#backup = this.#dailyBackup();
    };
    this.#timers.push(setInterval(backUpDaily, BACKUP_CHECK_MS).unref());
    const begin = setTimeout(() => {
      this.#background?.wake();
      backUpDaily();
    }, BEGIN_MS);
    this.#timers.push(begin.unref());
  }

  /** The first listener is told at once what happened before it could listen. */
  override onDidChange(listener: (event: StoreEvent) => void): () => void {
    const end = super.onDidChange(listener);
    if (this.#setAside !== undefined)
      listener({
        kind: 'warning',
        message: `The memory file was damaged. It was set aside in ${this.#setAside}, and an empty store was begun. Run Restore from Backup to get your memories back.`,
      });
    this.#setAside = undefined;
    return end;
  }

  /** Vectors of another model say nothing to this one: every memory gets in line again. */
  #adoptModel(): void {
    const { database } = this.#open;
    const { space } = this.#embedder.model;
    database.transaction(() => {
      const known = database.get(`SELECT value FROM em_meta WHERE key = 'embedding_space'`)?.['value'];
      if (known === space) return;
      database.run(
        `INSERT INTO em_embed_queue (content_hash, size) SELECT content_hash, content_size FROM memories
         WHERE deleted_at IS NULL ON CONFLICT DO NOTHING`,
      );
      database.run('DELETE FROM em_local_codes');
      database.run('DELETE FROM em_local_vectors');
      database.run(
        `INSERT INTO em_meta (key, value) VALUES ('embedding_space', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        space,
      );
    });
  }

  #watch(): void {
    try {
      const version = this.#open.database.dataVersion();
      if (version === this.#dataVersion) return;
      this.#dataVersion = version;
      try {
        catchUpFullText(this.#open.database);
      } finally {
        this.announce({ kind: 'changed', by: 'another-process' });
      }
    } catch {
      // A busy moment: the next look comes soon.
    }
  }

  async #dailyBackup(): Promise<void> {
    const { database } = this.#open;
    const lease = new Lease(database, 'backup', BACKUP_LEASE);
    try {
      const isDue = (): boolean => {
        const now = Date.now() / 1000;
        return lastBackupAt(this.#file, now) <= now - DAY;
      };
      if (!isDue() || (await this.count({})) === 0 || !lease.take()) return;
      // Another process may have made it between the first look and the lease.
      if (isDue()) {
        await makeBackup(this.#file);
        removeOldBackups(this.#file);
      }
      lease.release();
    } catch (error) {
      this.announce({
        kind: 'warning',
        message: `The daily backup failed: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- asynchronous for callers in another thread
  async describe(): Promise<LocalStoreDescription> {
    const { database } = this.#open;
    return {
      database: this.#file,
      sqliteVersion: String(database.get('SELECT sqlite_version() AS v')?.['v']),
      schemaVersion: compatibility.schemaVersion,
      fullText: database.features.fullText,
      embeddingSpace: this.#embedder.model.space,
      fileBytes: bytesOf(this.#file),
    };
  }

  async embedPending(limit = Infinity, options?: CallOptions): Promise<number> {
    const batch = 20;
    for (let left = limit; left > 0;) {
      options?.signal?.throwIfAborted();
      const done = await this.queue.advance(Math.min(batch, left), options);
      if (done === 0) break;
      left -= done;
    }
    return this.queue.pending(options);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async backups(): Promise<Backup[]> {
    return listBackups(this.#file);
  }

  backUp(): Promise<Backup> {
    return makeBackup(this.#file);
  }

  async restoreBackup(file: string): Promise<void> {
    checkBackup(file, this.#file);
    const { file: saved } = await makeBackup(this.#file);
    restoreBackup(this.#open.database, file, saved);
    this.announce({ kind: 'changed', by: 'this-process' });
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#background?.stop();
    await this.#backup;
    await this.#embedder.dispose();
    this.#open.database.close();
    this.#open.lock.close();
  }
}

const bytesOf = (file: string): number =>
  [file, `${file}-wal`].reduce((sum, part) => sum + (existsSync(part) ? statSync(part).size : 0), 0);

const offlineEmbedder = ({ embedderWorker, weightsDirectory }: LocalStoreOptions): DisposableEmbedder =>
  embedderWorker === undefined
    ? new InThreadEmbedder({ weightsDirectory })
    : new WorkerEmbedder({ workerUrl: embedderWorker, weightsDirectory });

const openNow = (options: LocalStoreOptions, embedder: DisposableEmbedder): LocalStore => {
  const open = openStoreFile(options.database, { fullText: options.fullText });
  try {
    return new EmbeddedStore(open, embedder, options);
  } catch (error) {
    open.database.close();
    open.lock.close();
    throw error;
  }
};

/**
 * Opens the embedded store in the calling thread; it disposes of the embedder when it closes. Rejects with a
 * `MemoryError` that names the file and the next step.
 */
export const openLocalStore = (
  options: LocalStoreOptions,
  embedder = offlineEmbedder(options),
): Promise<LocalStore> => new Promise((resolve) => resolve(openNow(options, embedder)));
