import type { EmbeddingQueue } from './embeddingQueue.ts';
import { groupsOf } from './groups.ts';
import type { Check } from './health.ts';
import type { StoreEvent } from './memory.ts';
import type {
  CallOptions,
  Embedder,
  MemoryVectors,
  ObjectStore,
  SqlDatabase,
  SqlRow,
  SqlStatement,
  VectorIndex,
} from './ports.ts';
import { objectKeyOf } from './records.ts';
import { enqueueEmbedding } from './storing.ts';
import { Turns } from './turns.ts';
import { type Doubtful, Unsettled } from './unsettled.ts';

export interface EnginePorts {
  readonly sql: SqlDatabase;
  readonly vectors: VectorIndex;
  readonly objects: ObjectStore;
  readonly embedder: Embedder;
}

export interface EngineSettings {
  /** Content of more UTF-8 bytes goes to the object store. */
  readonly largeContentBytes: number;
  /** `now`: a memory is stored with its vector; `later` (default): it waits in line for it. */
  readonly embed?: 'now' | 'later' | undefined;
  /** Checks of the ports' own tables. */
  readonly checks?: readonly Check[] | undefined;
  /** Bytes that the whole store takes, where that is known. */
  readonly storageBytes?: (() => number) | undefined;
  /** Milliseconds since the epoch; for tests. */
  readonly now?: (() => number) | undefined;
}

/** What a write tells. */
export interface WriteEvents {
  readonly announce: (event: StoreEvent) => void;
  /** There may be something for `settle` to do. */
  readonly waiting: () => void;
}

/** Memories changed in one transaction: their hashes are one parameter, and D1 takes 2,000,000 bytes. */
const CHANGED_TOGETHER = 1000;
/** So many of the waiting memories are embedded together. */
const SETTLED_TOGETHER = 100;
const MICROSECOND = 1e-6;

/** What every change of memories is made of: records, their vectors and their objects are kept in step. */
export class WriteContext {
  readonly ports: EnginePorts;
  readonly settings: EngineSettings;
  readonly queue: EmbeddingQueue;
  readonly events: WriteEvents;
  readonly #unsettled: Unsettled;
  /** By the keys of objects: between an object and its record nobody else removes it. */
  readonly #turns = new Turns();
  #latest = 0;

  constructor(ports: EnginePorts, settings: EngineSettings, queue: EmbeddingQueue, events: WriteEvents) {
    this.ports = ports;
    this.settings = settings;
    this.queue = queue;
    this.events = events;
    this.#unsettled = new Unsettled(ports, this.#turns, () => this.seconds());
  }

  /** Of these memories the objects too: a text of the same hash may have one where this one has none. */
  inTurn<T>(contentHashes: readonly string[], action: () => Promise<T>): Promise<T> {
    return this.#turns.take(contentHashes.map(objectKeyOf), action);
  }

  /** The transaction and the index at once. Once the record is durable, a failing index only makes the vector wait. */
  async writeWithVectors(
    statements: readonly SqlStatement[],
    ready: readonly MemoryVectors[],
    options?: CallOptions,
  ): Promise<SqlRow[][]> {
    const { sql, vectors } = this.ports;
    if (ready.length === 0) return sql.write(statements, options);
    const [written, indexed] = await Promise.allSettled([
      sql.write([...statements, ...(vectors.rowStatements?.(ready) ?? [])], options),
      vectors.upsert(ready, options),
    ]);
    const hashes = ready.map(({ contentHash }) => contentHash);
    if (written.status === 'rejected') {
      this.leaveUnsettled({ chunked: ready });
      throw written.reason;
    }
    if (indexed.status === 'rejected') {
      this.events.announce({
        kind: 'warning',
        message: `Stored, and found by keyword only for now: ${String(indexed.reason)}`,
      });
      // Without the caller's signal: the record is there, whatever becomes of the call.
      await sql.write([enqueueEmbedding(hashes)]).catch(() => this.#unsettled.add({ vectors: hashes }));
      this.events.waiting();
    }
    if (vectors.rowsKept?.(written.value.slice(statements.length)) === false) this.events.waiting();
    return written.value;
  }

  /** The records are gone already: what can't be removed now is no error, and is removed later. */
  async removeVectors(
    hashes: readonly string[],
    companions: readonly SqlRow[][],
    options?: CallOptions,
  ): Promise<void> {
    if (hashes.length === 0) return;
    await this.ports.vectors
      .delete(hashes, { ...options, companions })
      .catch(() => this.leaveUnsettled({ vectors: hashes }));
  }

  async removeObjects(keys: readonly string[], options?: CallOptions): Promise<void> {
    if (keys.length === 0) return;
    await this.ports.objects.delete(keys, options).catch(() => this.leaveUnsettled({ objects: keys }));
  }

  /** A write that failed may have taken place all the same. */
  async orUnsettled<T>(what: Doubtful, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      this.leaveUnsettled(what);
      throw error;
    }
  }

  leaveUnsettled(what: Doubtful): void {
    this.#unsettled.add(what);
    this.events.waiting();
  }

  /** Makes up for what failed earlier: vectors that memories wait for, and what was left behind. Rejects where some still fails. */
  async settle(options?: CallOptions): Promise<void> {
    await this.#unsettled.settle(options);
    if (!this.#unsettled.isEmpty) this.events.waiting();
    while ((await this.queue.advance(SETTLED_TOGETHER, options)) > 0);
  }

  /** Removes objects that seem to belong to no record, where that is so. */
  async removeUnowned(keys: readonly string[], options?: CallOptions): Promise<void> {
    const left = await this.#unsettled.removeUnowned(keys, options);
    if (left.length > 0) this.leaveUnsettled({ objects: left });
  }

  changed(): void {
    this.events.announce({ kind: 'changed', by: 'this-process' });
  }

  /** No two operations have the same, so that a repeated one knows its own changes. */
  seconds(): number {
    const now = (this.settings.now?.() ?? Date.now()) / 1000;
    return (this.#latest = Math.max(now, this.#latest + MICROSECOND));
  }
}

/** Where one fails, those before it stay done. */
export const inGroups = async <T>(
  items: readonly T[],
  options: CallOptions | undefined,
  change: (group: readonly T[]) => Promise<string[]>,
): Promise<string[]> => {
  const changed: string[] = [];
  for (const group of groupsOf(items, CHANGED_TOGETHER)) {
    options?.signal?.throwIfAborted();
    changed.push(...(await change(group)));
  }
  return changed;
};

export const hashesOf = (rows: readonly SqlRow[] = []): string[] =>
  rows.map((row) => String(row['content_hash']));
