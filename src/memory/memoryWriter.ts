import {
  dequeueEmbedding,
  type Embeddable,
  type Embedded,
  embedMemories,
  type EmbeddingQueue,
} from './embeddingQueue.ts';
import { MemoryError } from './errors.ts';
import { groupsOf } from './groups.ts';
import type { Check } from './health.ts';
import { readLargeContent } from './largeContent.ts';
import { deleteBatch, purgeBatch, restoreBatch, selectDoomed } from './lifecycle.ts';
import type { Memory, MemoryPatch, NewMemory, StoreEvent, StoreResult, TagChange } from './memory.ts';
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
import { type MemoryRecord, objectKeyOf, selectByHash, toRecord } from './records.ts';
import { retagBatch } from './retagging.ts';
import { enqueueEmbedding, groupForStore, prepare, type PreparedMemory, storeBatch } from './storing.ts';
import { Turns } from './turns.ts';
import { type Doubtful, Unsettled } from './unsettled.ts';
import { type NewContent, newContentOf, updateBatch } from './updating.ts';

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

/** What the writer tells. */
export interface WriterEvents {
  readonly announce: (event: StoreEvent) => void;
  /** There may be something for `settle` to do. */
  readonly waiting: () => void;
}

/** Memories changed in one transaction: their hashes are one parameter, and D1 takes 2,000,000 bytes. */
const CHANGED_TOGETHER = 1000;
/** So many of the waiting memories are embedded together. */
const SETTLED_TOGETHER = 100;
const MICROSECOND = 1e-6;

/** The writing half of the engine: records, their vectors and their objects, kept in step. */
export class MemoryWriter {
  readonly #ports: EnginePorts;
  readonly #settings: EngineSettings;
  readonly #queue: EmbeddingQueue;
  readonly #events: WriterEvents;
  readonly #unsettled: Unsettled;
  /** By the keys of objects: between an object and its record nobody else removes it. */
  readonly #turns = new Turns();
  #latest = 0;

  constructor(ports: EnginePorts, settings: EngineSettings, queue: EmbeddingQueue, events: WriterEvents) {
    this.#ports = ports;
    this.#settings = settings;
    this.#queue = queue;
    this.#events = events;
    this.#unsettled = new Unsettled(ports, this.#turns, () => this.#seconds());
  }

  async store(memories: readonly NewMemory[], options?: CallOptions): Promise<StoreResult[]> {
    const now = this.#seconds();
    const prepared = memories.map((memory) => prepare(memory, now, this.#settings.largeContentBytes));
    this.#checkObjects(prepared);
    const results: StoreResult[] = [];
    for (const [i, group] of groupForStore(prepared).entries()) {
      options?.signal?.throwIfAborted();
      const objects = group.flatMap(({ objectKey }) => objectKey ?? []);
      results.push(
        ...(await this.#orUnsettled({ objects }, () =>
          this.#inTurn(hashesIn(group), () =>
            this.#storeGroup(group, i === 0 ? now : this.#seconds(), options),
          ),
        )),
      );
    }
    return results;
  }

  /** Throws where one needs an object and there is no place for it. */
  #checkObjects(contents: readonly Pick<PreparedMemory, 'objectKey'>[]): void {
    const refusal = this.#ports.objects.refusal?.();
    if (refusal && contents.some(({ objectKey }) => objectKey !== undefined)) throw refusal;
  }

  /** Of these memories the objects too: a text of the same hash may have one where this one has none. */
  #inTurn<T>(contentHashes: readonly string[], action: () => Promise<T>): Promise<T> {
    return this.#turns.take(contentHashes.map(objectKeyOf), action);
  }

  async #storeGroup(
    group: readonly PreparedMemory[],
    now: number,
    options?: CallOptions,
  ): Promise<StoreResult[]> {
    const { sql, objects } = this.#ports;
    // Objects first: a live record never points at nothing.
    const [vectors] = await Promise.all([
      this.#settings.embed === 'now' ? this.#vectorsOf(group.map(embeddable), options) : undefined,
      ...group.map(
        ({ objectKey, content }) => objectKey !== undefined && objects.put(objectKey, content, options),
      ),
    ]);
    const batch = storeBatch(group, now, {
      ...sql.features,
      embedLater: vectors === undefined,
    });
    const done = vectors ? [dequeueEmbedding(hashesIn(group)), ...waitFor(vectors.over)] : [];
    const [before = []] = await this.#writeWithVectors(
      [...batch.statements, ...done],
      vectors?.ready ?? [],
      options,
    );
    await this.#removeObjects(batch.abandonedObjects(before), options);
    const outcomes = batch.outcomesFrom(before);
    this.#changed();
    return group.map(({ contentHash }, i) => ({ contentHash, outcome: outcomes[i] ?? 'stored' }));
  }

  /**
   * Undefined where the embedder fails: a memory is stored all the same, and waits for its vector, as does one for whose
   * vectors there is no room. A single vector is left to the index to refuse, which saves asking.
   */
  async #vectorsOf(memories: readonly Embeddable[], options?: CallOptions): Promise<Embedded | undefined> {
    const { embedder, vectors } = this.#ports;
    const isSingle =
      memories.length === 1 && memories.every(({ content }) => content.length <= embedder.model.chunk.size);
    try {
      const room = isSingle ? Infinity : ((await vectors.room?.(options)) ?? Infinity);
      const embedded = await embedMemories(embedder, memories, room, options);
      if (embedded.over.length > 0)
        this.#events.announce({
          kind: 'warning',
          message: `Stored, and ${embedded.over.length} found by keyword only: the plan has no room for more vectors. Delete memories that are not needed, or say that the plan is a paid one.`,
        });
      return embedded;
    } catch (error) {
      if (!MemoryError.is(error) || options?.signal?.aborted) throw error;
      this.#events.announce({
        kind: 'warning',
        message: `Stored, and found by keyword only for now: ${error.message} ${error.nextStep}`,
      });
      this.#events.waiting();
      return undefined;
    }
  }

  /** The transaction and the index at once. Once the record is durable, a failing index only makes the vector wait. */
  async #writeWithVectors(
    statements: readonly SqlStatement[],
    ready: readonly MemoryVectors[],
    options?: CallOptions,
  ): Promise<SqlRow[][]> {
    const { sql, vectors } = this.#ports;
    if (ready.length === 0) return sql.write(statements, options);
    const [written, indexed] = await Promise.allSettled([
      sql.write([...statements, ...(vectors.rowStatements?.(ready) ?? [])], options),
      vectors.upsert(ready, options),
    ]);
    const hashes = ready.map(({ contentHash }) => contentHash);
    if (written.status === 'rejected') {
      this.#leaveUnsettled({ chunked: ready });
      throw written.reason;
    }
    if (indexed.status === 'rejected') {
      this.#events.announce({
        kind: 'warning',
        message: `Stored, and found by keyword only for now: ${String(indexed.reason)}`,
      });
      // Without the caller's signal: the record is there, whatever becomes of the call.
      await sql.write([enqueueEmbedding(hashes)]).catch(() => this.#unsettled.add({ vectors: hashes }));
      this.#events.waiting();
    }
    if (vectors.rowsKept?.(written.value.slice(statements.length)) === false) this.#events.waiting();
    return written.value;
  }

  /** The records are gone already: what can't be removed now is no error, and is removed later. */
  async #removeVectors(
    hashes: readonly string[],
    companions: readonly SqlRow[][],
    options?: CallOptions,
  ): Promise<void> {
    if (hashes.length === 0) return;
    await this.#ports.vectors
      .delete(hashes, { ...options, companions })
      .catch(() => this.#leaveUnsettled({ vectors: hashes }));
  }

  async #removeObjects(keys: readonly string[], options?: CallOptions): Promise<void> {
    if (keys.length === 0) return;
    await this.#ports.objects.delete(keys, options).catch(() => this.#leaveUnsettled({ objects: keys }));
  }

  /** A write that failed may have taken place all the same. */
  async #orUnsettled<T>(what: Doubtful, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      this.#leaveUnsettled(what);
      throw error;
    }
  }

  #leaveUnsettled(what: Doubtful): void {
    this.#unsettled.add(what);
    this.#events.waiting();
  }

  /** Makes up for what failed earlier: vectors that memories wait for, and what was left behind. Rejects where some still fails. */
  async settle(options?: CallOptions): Promise<void> {
    await this.#unsettled.settle(options);
    if (!this.#unsettled.isEmpty) this.#events.waiting();
    while ((await this.#queue.advance(SETTLED_TOGETHER, options)) > 0);
  }

  /** Removes objects that seem to belong to no record, where that is so. */
  async removeUnowned(keys: readonly string[], options?: CallOptions): Promise<void> {
    const left = await this.#unsettled.removeUnowned(keys, options);
    if (left.length > 0) this.#leaveUnsettled({ objects: left });
  }

  async update(contentHash: string, patch: MemoryPatch, options?: CallOptions): Promise<Memory> {
    const content =
      patch.content === undefined ? undefined : newContentOf(patch.content, this.#settings.largeContentBytes);
    if (content) this.#checkObjects([content]);
    // Another content makes another record: not for a memory that is gone.
    const present = content && (await this.#live(contentHash, options));
    const doubtful =
      content === undefined
        ? {}
        : {
            vectors: [contentHash, content.contentHash],
            objects: content.objectKey === undefined ? [] : [content.objectKey],
          };
    const write = () => this.#write(contentHash, patch, content, present, options);
    return this.#orUnsettled(doubtful, () =>
      content === undefined ? write() : this.#inTurn([contentHash, content.contentHash], write),
    );
  }

  async #write(
    contentHash: string,
    patch: MemoryPatch,
    content: NewContent | undefined,
    present: MemoryRecord | undefined,
    options?: CallOptions,
  ): Promise<Memory> {
    const { sql, objects, vectors } = this.#ports;
    const batch = updateBatch(contentHash, patch, content, this.#seconds(), sql.features.fullText);
    const renewed = content &&
      present && { ...present.memory, contentHash: batch.contentHash, content: content.text };
    const [ready] = await Promise.all([
      renewed && this.#settings.embed === 'now' ? this.#vectorsOf([renewed], options) : undefined,
      content?.objectKey !== undefined && objects.put(content.objectKey, content.text, options),
    ]);
    const replaced = batch.contentHash === contentHash ? [] : [contentHash];
    const reads = replaced.length > 0 ? (vectors.deletionReads?.(replaced) ?? []) : [];
    const rows = await this.#writeWithVectors(
      [
        selectByHash([batch.contentHash], 0),
        ...reads,
        ...batch.statements,
        ...(ready?.over.length === 0 ? [dequeueEmbedding([batch.contentHash])] : []),
        selectByHash([batch.contentHash]),
      ],
      ready?.ready ?? [],
      options,
    );
    const before = rows[0]?.[0] && toRecord(rows[0][0]);
    const lastStatement = 1 + reads.length + batch.statements.length + (ready?.over.length === 0 ? 1 : 0);
    const row = rows[lastStatement]?.[0];
    const record = row && toRecord(row);
    if (record === undefined || record.memory.deletedAt !== undefined) {
      if (ready) this.#leaveUnsettled({ vectors: [batch.contentHash] });
      throw notFound(contentHash);
    }
    await Promise.all([
      this.#removeVectors(replaced, rows.slice(1, 1 + reads.length), options),
      // A text of the same hash that is small now; the object of a replaced one stays with its deleted record.
      before?.objectKey !== undefined &&
        record.objectKey === undefined &&
        this.#removeObjects([before.objectKey], options),
    ]);
    this.#changed();
    return content
      ? { ...record.memory, content: content.text, truncated: false }
      : wholeMemory(objects, record, options);
  }

  retag(changes: readonly TagChange[], options?: CallOptions): Promise<string[]> {
    return inGroups(changes, options, async (group) => {
      const [rows] = await this.#ports.sql.write(retagBatch(group, this.#seconds()), options);
      this.#changed();
      return hashesOf(rows);
    });
  }

  async #live(contentHash: string, options?: CallOptions): Promise<MemoryRecord> {
    const [rows] = await this.#ports.sql.read([selectByHash([contentHash], 0)], options);
    const record = rows?.[0] && toRecord(rows[0]);
    if (record === undefined || record.memory.deletedAt !== undefined) throw notFound(contentHash);
    return record;
  }

  delete(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    return inGroups(contentHashes, options, (group) => this.#delete(group, options));
  }

  async #delete(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    const { sql, vectors } = this.#ports;
    const reads = vectors.deletionReads?.(contentHashes) ?? [];
    const rows = await this.#orUnsettled({ vectors: contentHashes }, () =>
      sql.write([...reads, ...deleteBatch(contentHashes, this.#seconds())], options),
    );
    const deleted = hashesOf(rows[reads.length]);
    if (deleted.length === 0) return [];
    await this.#removeVectors(deleted, rows.slice(0, reads.length), options);
    this.#changed();
    return deleted;
  }

  restore(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    return inGroups(contentHashes, options, (group) => this.#restore(group, options));
  }

  async #restore(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    const [before = []] = await this.#ports.sql.write(restoreBatch(contentHashes, this.#seconds()), options);
    const restored = hashesOf(before);
    if (restored.length === 0) return [];
    this.#changed();
    if (this.#settings.embed === 'now') await this.#embedRestored(restored, options);
    return restored;
  }

  /** They are in line already: whatever fails now is made up for later. */
  async #embedRestored(restored: readonly string[], options?: CallOptions): Promise<void> {
    const isDone = await this.#queue.embed(restored, options).then(
      ({ unread }) => unread.size === 0,
      () => false,
    );
    if (!isDone) this.#events.waiting();
  }

  purge(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    return inGroups(contentHashes, options, (group) =>
      this.#inTurn(group, () => this.#purge(group, options)),
    );
  }

  async #purge(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    const { sql, vectors } = this.#ports;
    const [doomed = []] = await sql.read([selectDoomed(contentHashes)], options);
    const hashes = hashesOf(doomed);
    if (hashes.length === 0) return [];
    const objects = doomed.flatMap(({ r2_key: key }) => (typeof key === 'string' ? [key] : []));
    const reads = vectors.deletionReads?.(hashes) ?? [];
    const batch = purgeBatch(hashes);
    const forget = vectors.purgeStatements?.(hashes) ?? [];
    const rows = await this.#orUnsettled({ vectors: hashes, objects }, () =>
      sql.write([...reads, ...batch, ...forget], options),
    );
    const left = new Set(hashesOf(rows[reads.length + batch.length - 1]));
    const purged = doomed.filter((row) => !left.has(String(row['content_hash'])));
    await this.#removeVectors(hashesOf(purged), rows.slice(0, reads.length), options);
    await this.#removeObjects(
      purged.flatMap(({ r2_key: key }) => (typeof key === 'string' ? [key] : [])),
      options,
    );
    this.#changed();
    return hashesOf(purged);
  }

  #changed(): void {
    this.#events.announce({ kind: 'changed', by: 'this-process' });
  }

  /** No two operations have the same, so that a repeated one knows its own changes. */
  #seconds(): number {
    const now = (this.#settings.now?.() ?? Date.now()) / 1000;
    return (this.#latest = Math.max(now, this.#latest + MICROSECOND));
  }
}

/** Where one fails, those before it stay done. */
const inGroups = async <T>(
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

const waitFor = (contentHashes: readonly string[]): SqlStatement[] =>
  contentHashes.length === 0 ? [] : [enqueueEmbedding(contentHashes)];

const hashesIn = (memories: readonly PreparedMemory[]): string[] =>
  memories.map(({ contentHash }) => contentHash);

const hashesOf = (rows: readonly SqlRow[] = []): string[] => rows.map((row) => String(row['content_hash']));

/** The memory of a record with all of its content. */
export const wholeMemory = async (
  objects: ObjectStore,
  record: MemoryRecord,
  options?: CallOptions,
): Promise<Memory> => {
  if (record.objectKey === undefined) return record.memory;
  const content = await readLargeContent(objects, record, record.objectKey, options);
  return { ...record.memory, content, truncated: false };
};

const embeddable = (memory: PreparedMemory): Embeddable => ({
  ...memory,
  memoryType: memory.source.memoryType,
});

const notFound = (contentHash: string): MemoryError =>
  new MemoryError(
    'not-found',
    `There is no memory ${contentHash.slice(0, 12)}.`,
    'Search for it again: it may have been edited or deleted.',
  );
