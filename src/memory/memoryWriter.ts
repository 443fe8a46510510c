import { dequeueEmbedding, type Embeddable, type Embedded, embedMemories } from './embeddingQueue.ts';
import { MemoryError } from './errors.ts';
import { readLargeContent } from './largeContent.ts';
import type { Memory, MemoryPatch, NewMemory, StoreResult, TagChange } from './memory.ts';
import type { CallOptions, ObjectStore, SqlStatement } from './ports.ts';
import { type MemoryRecord, selectByHash, toRecord } from './records.ts';
import { retagBatch } from './retagging.ts';
import { enqueueEmbedding, groupForStore, prepare, type PreparedMemory, storeBatch } from './storing.ts';
import { type NewContent, newContentOf, updateBatch } from './updating.ts';
import { hashesOf, inGroups, type WriteContext } from './writeContext.ts';

/** Stores and changes memories. */
export class MemoryWriter {
  readonly #context: WriteContext;

  constructor(context: WriteContext) {
    this.#context = context;
  }

  async store(memories: readonly NewMemory[], options?: CallOptions): Promise<StoreResult[]> {
    const now = this.#context.seconds();
    const prepared = memories.map((memory) => prepare(memory, now, this.#context.settings.largeContentBytes));
    this.#checkObjects(prepared);
    const results: StoreResult[] = [];
    for (const [i, group] of groupForStore(prepared).entries()) {
      options?.signal?.throwIfAborted();
      const objects = group.flatMap(({ objectKey }) => objectKey ?? []);
      results.push(
        ...(await this.#context.orUnsettled({ objects }, () =>
          this.#context.inTurn(hashesIn(group), () =>
            this.#storeGroup(group, i === 0 ? now : this.#context.seconds(), options),
          ),
        )),
      );
    }
    return results;
  }

  /** Throws where one needs an object and there is no place for it. */
  #checkObjects(contents: readonly Pick<PreparedMemory, 'objectKey'>[]): void {
    const refusal = this.#context.ports.objects.refusal?.();
    if (refusal && contents.some(({ objectKey }) => objectKey !== undefined)) throw refusal;
  }

  async #storeGroup(
    group: readonly PreparedMemory[],
    now: number,
    options?: CallOptions,
  ): Promise<StoreResult[]> {
    const { sql, objects } = this.#context.ports;
    // Objects first: a live record never points at nothing.
    const [vectors] = await Promise.all([
      this.#context.settings.embed === 'now' ? this.#vectorsOf(group.map(embeddable), options) : undefined,
      ...group.map(
        ({ objectKey, content }) => objectKey !== undefined && objects.put(objectKey, content, options),
      ),
    ]);
    const batch = storeBatch(group, now, {
      ...sql.features,
      embedLater: vectors === undefined,
    });
    const done = vectors ? [dequeueEmbedding(hashesIn(group)), ...waitFor(vectors.over)] : [];
    const [before = []] = await this.#context.writeWithVectors(
      [...batch.statements, ...done],
      vectors?.ready ?? [],
      options,
    );
    await this.#context.removeObjects(batch.abandonedObjects(before), options);
    const outcomes = batch.outcomesFrom(before);
    this.#context.changed();
    return group.map(({ contentHash }, i) => ({ contentHash, outcome: outcomes[i] ?? 'stored' }));
  }

  /**
   * Undefined where the embedder fails: a memory is stored all the same, and waits for its vector, as does one for whose
   * vectors there is no room. A single vector is left to the index to refuse, which saves asking.
   */
  async #vectorsOf(memories: readonly Embeddable[], options?: CallOptions): Promise<Embedded | undefined> {
    const { embedder, vectors } = this.#context.ports;
    const isSingle =
      memories.length === 1 && memories.every(({ content }) => content.length <= embedder.model.chunk.size);
    try {
      const room = isSingle ? Infinity : ((await vectors.room?.(options)) ?? Infinity);
      const embedded = await embedMemories(embedder, memories, room, options);
      if (embedded.over.length > 0)
        this.#context.events.announce({
          kind: 'warning',
          message: `Stored, and ${embedded.over.length} found by keyword only: the plan has no room for more vectors. Delete memories that are not needed, or say that the plan is a paid one.`,
        });
      return embedded;
    } catch (error) {
      if (!MemoryError.is(error) || options?.signal?.aborted) throw error;
      this.#context.events.announce({
        kind: 'warning',
        message: `Stored, and found by keyword only for now: ${error.message} ${error.nextStep}`,
      });
      this.#context.events.waiting();
      return undefined;
    }
  }

  async update(contentHash: string, patch: MemoryPatch, options?: CallOptions): Promise<Memory> {
    const content =
      patch.content === undefined
        ? undefined
        : newContentOf(patch.content, this.#context.settings.largeContentBytes);
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
    return this.#context.orUnsettled(doubtful, () =>
      content === undefined ? write() : this.#context.inTurn([contentHash, content.contentHash], write),
    );
  }

  async #write(
    contentHash: string,
    patch: MemoryPatch,
    content: NewContent | undefined,
    present: MemoryRecord | undefined,
    options?: CallOptions,
  ): Promise<Memory> {
    const { sql, objects, vectors } = this.#context.ports;
    const batch = updateBatch(contentHash, patch, content, this.#context.seconds(), sql.features.fullText);
    const renewed = content &&
      present && { ...present.memory, contentHash: batch.contentHash, content: content.text };
    const [ready] = await Promise.all([
      renewed && this.#context.settings.embed === 'now' ? this.#vectorsOf([renewed], options) : undefined,
      content?.objectKey !== undefined && objects.put(content.objectKey, content.text, options),
    ]);
    const replaced = batch.contentHash === contentHash ? [] : [contentHash];
    const reads = replaced.length > 0 ? (vectors.deletionReads?.(replaced) ?? []) : [];
    const rows = await this.#context.writeWithVectors(
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
      if (ready) this.#context.leaveUnsettled({ vectors: [batch.contentHash] });
      throw notFound(contentHash);
    }
    await Promise.all([
      this.#context.removeVectors(replaced, rows.slice(1, 1 + reads.length), options),
      // A text of the same hash that is small now; the object of a replaced one stays with its deleted record.
      before?.objectKey !== undefined &&
        record.objectKey === undefined &&
        this.#context.removeObjects([before.objectKey], options),
    ]);
    this.#context.changed();
    return content
      ? { ...record.memory, content: content.text, truncated: false }
      : wholeMemory(objects, record, options);
  }

  retag(changes: readonly TagChange[], options?: CallOptions): Promise<string[]> {
    return inGroups(changes, options, async (group) => {
      const [rows] = await this.#context.ports.sql.write(retagBatch(group, this.#context.seconds()), options);
      this.#context.changed();
      return hashesOf(rows);
    });
  }

  async #live(contentHash: string, options?: CallOptions): Promise<MemoryRecord> {
    const [rows] = await this.#context.ports.sql.read([selectByHash([contentHash], 0)], options);
    const record = rows?.[0] && toRecord(rows[0]);
    if (record === undefined || record.memory.deletedAt !== undefined) throw notFound(contentHash);
    return record;
  }
}

const waitFor = (contentHashes: readonly string[]): SqlStatement[] =>
  contentHashes.length === 0 ? [] : [enqueueEmbedding(contentHashes)];

const hashesIn = (memories: readonly PreparedMemory[]): string[] =>
  memories.map(({ contentHash }) => contentHash);

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
