import { MemoryError } from '../memory/errors.ts';
import { groupsOf } from '../memory/groups.ts';
import { repairRecords } from '../memory/health.ts';
import type { VerifyReport } from '../memory/memory.ts';
import { MemoryEngine } from '../memory/memoryEngine.ts';
import type { RepairOptions } from '../memory/memoryStore.ts';
import type { CallOptions, Embedder, EmbeddingModel, SqlDatabase } from '../memory/ports.ts';
import { enqueueEmbedding } from '../memory/storing.ts';
import type { ClientLog } from './client.ts';
import { type CloudParts, compareWithRecords, type Disagreement, problemsOf } from './cloudHealth.ts';
import { type D1State, fillFullText, mayWrite, recordResources, unfilledFullText } from './cloudSchema.ts';
import type { CloudVectorIndex } from './cloudVectorIndex.ts';
import { COPIED_AT_ONCE, copyNextVectors, copyVectorsOf } from './copyVectors.ts';
import type { D1Database, D1Usage } from './d1.ts';
import { makeAllLargeContentFindable } from './largeContentOfOthers.ts';
import type { R2ObjectStore } from './r2.ts';
import { RemoteEmbedder } from './remoteEmbedder.ts';
import type { VectorizeIndex } from './vectorize.ts';

/** As many as Workers AI embeds in one request. */
const EMBED_AT_ONCE = 100;
/** A repair removes so many objects at most, two requests each. */
const OBJECTS_PER_REPAIR = 250;
/** How long after a failure the rest is tried again; twice as long each time, an hour at most. Milliseconds. */
export const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 3_600_000;
/** How often an open store looks for what mcp-memory-service has stored meanwhile. Milliseconds. */
export const LOOK_AGAIN = 900_000;

export interface CloudStoreParts extends Pick<CloudParts, 'heldElsewhere'> {
  readonly database: D1Database;
  /** The same, with what it lacks where it is only read. */
  readonly sql: SqlDatabase;
  readonly vectors: CloudVectorIndex;
  readonly index: VectorizeIndex;
  readonly chunks: VectorizeIndex;
  readonly objects: R2ObjectStore | undefined;
  readonly state: D1State;
  readonly embedder: Embedder;
  readonly log: ClientLog | undefined;
  readonly now: () => number;
}

/** The memory in the user's own Cloudflare account. `close` ends its work in the background. */
export class CloudStore extends MemoryEngine {
  readonly model: EmbeddingModel;
  readonly #parts: CloudStoreParts;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;
  #wait = FIRST_WAIT;

  constructor(parts: CloudStoreParts, ...engine: ConstructorParameters<typeof MemoryEngine>) {
    super(...engine);
    this.#parts = parts;
    this.model = engine[0].embedder.model;
  }

  /** Rows read and written since it was opened, and bytes of text that its model was sent. */
  get usage(): D1Usage & { readonly embeddedBytes: number } {
    const { database, embedder } = this.#parts;
    const embeddedBytes = embedder instanceof RemoteEmbedder ? embedder.sentBytes : 0;
    return { ...database.usage, embeddedBytes };
  }

  /** The name of its index: another than the one that was asked for, where it was rebuilt. */
  get index(): string {
    return this.#parts.index.name;
  }

  /**
   * Records in the database which index serves it, and which bucket, so that other machines find them by themselves: for
   * whoever knows that they are there. Tells where it was connected with another index.
   */
  async recordResources(bucket: string | undefined, options?: CallOptions): Promise<void> {
    const { sql, state, log } = this.#parts;
    const { index = state.connectedIndex } = state;
    if (index !== undefined && index !== this.index)
      log?.warn(
        `The database was connected with the Vectorize index ${index}, and ${this.index} is used here: what has its vector there is not found by meaning. Connect again, without naming an index (CLOUDFLARE_VECTORIZE_INDEX), to use it.`,
      );
    if (!sql.features.fullText) return;
    try {
      await sql.write(recordResources(state, { index: this.index, bucket }), options);
    } catch (error) {
      // Whoever may not write, or not today, leaves it to the next one.
      if (!MemoryError.is(error) || options?.signal?.aborted) throw error;
    }
  }

  /**
   * Whether its token may change anything; one that may only read is as good for searching. Records on the way what was
   * just connected.
   */
  mayWrite(bucket: string | undefined, options?: CallOptions): Promise<boolean> {
    const { sql, state } = this.#parts;
    return mayWrite(sql, options, recordResources(state, { index: this.index, bucket }));
  }

  /** Indexes the text of rows that were there before; answers how many are left. One call is one request. */
  async fillFullText(options?: CallOptions): Promise<number> {
    if (!this.#parts.sql.features.fullText) return 0;
    return fillFullText(this.#parts.sql, { priority: 'background', ...options });
  }

  /**
   * Gives memories that mcp-memory-service stored the copy of their vector that a search with a filter needs. One page
   * of rows a call; answers how many rows are left to look at.
   */
  async copyVectors(options?: CallOptions): Promise<number> {
    if (!this.#parts.sql.features.fullText) return 0;
    return copyNextVectors(this.#parts, { priority: 'background', ...options });
  }

  /** The same from time to time, in the background, beginning in so many milliseconds. */
  copyVectorsLater(wait: number): void {
    if (this.#closing.signal.aborted) return;
    this.#looking ??= setTimeout(() => void this.#copyVectorsNow(), wait).unref();
  }

  async #copyVectorsNow(): Promise<void> {
    this.#looking = undefined;
    try {
      while ((await this.copyVectors({ signal: this.#closing.signal })) > 0);
    } catch (error) {
      this.#parts.log?.debug(`vectors of other programs are not copied yet: ${String(error)}`);
      if (MemoryError.is(error, 'forbidden')) return;
    }
    this.copyVectorsLater(LOOK_AGAIN);
  }

  /** Vectors that failed are tried again in the background. */
  override waiting(): void {
    if (this.#closing.signal.aborted) return;
    this.#timer ??= setTimeout(() => void this.#settleLater(), this.#wait).unref();
  }

  async #settleLater(): Promise<void> {
    this.#timer = undefined;
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    try {
      await this.settle({ priority: 'background', signal: this.#closing.signal });
      this.#wait = FIRST_WAIT;
    } catch {
      // Those who stored were told; the queue lasts.
      this.waiting();
    }
  }

  /** Ends its work in the background: vectors that it would add, nobody would find. */
  becomeOutdated(onOutdated?: () => void): void {
    void this.close();
    if (onOutdated) onOutdated();
    else
      this.announce({
        kind: 'warning',
        message:
          'The index of these memories was rebuilt elsewhere, and this program still has the old one: what is stored here waits for its vector, and newer memories are found by their words only. Start the program anew.',
      });
  }

  /** The records, and the lists of Vectorize and R2. */
  override async verify(options?: CallOptions): Promise<VerifyReport> {
    const [report, found] = await Promise.all([super.verify(options), this.#compare(options)]);
    const problems = new Map(report.problems.map((problem) => [problem.kind, problem]));
    for (const { kind, count, examples } of problemsOf(found)) {
      const known = problems.get(kind);
      problems.set(kind, { kind, count: count + (known?.count ?? 0), examples: known?.examples ?? examples });
    }
    return { ...report, problems: [...problems.values()] };
  }

  /** What the plan has no room for keeps waiting for its vector, and is found by keyword. */
  override async repair({ onProgress, ...options }: RepairOptions = {}): Promise<VerifyReport> {
    const { sql, index, chunks } = this.#parts;
    const [report, found, unfilled] = await Promise.all([
      super.verify(options),
      this.#compare(options),
      sql.features.fullText ? unfilledFullText(sql, options) : 0,
    ]);
    await repairRecords(sql, [], report, options);
    for (let left = unfilled; left > 0;) left = await fillFullText(sql, options);
    await Promise.all([
      index.deleteByIds(found.orphanVectors, options),
      chunks.deleteByIds(found.orphanChunks, options),
      this.removeUnowned(found.orphanObjects.slice(0, OBJECTS_PER_REPAIR), options),
      found.lostVectors.length > 0 && sql.write([enqueueEmbedding(found.lostVectors)], options),
    ]);
    const all = found.uncopied.length + (await this.queue.pending(options));
    let done = 0;
    const advanceBy = (count: number) => onProgress?.((done = Math.min(all, done + count)), all);
    if (all > 0) advanceBy(0);
    for (const hashes of groupsOf(found.uncopied, COPIED_AT_ONCE)) {
      await copyVectorsOf(this.#parts, hashes, options);
      advanceBy(hashes.length);
    }
    await this.#embedWaiting(advanceBy, options);
    await makeAllLargeContentFindable(this.#parts, options);
    this.announce({ kind: 'changed', by: 'this-process' });
    return this.verify(options);
  }

  async #compare(options?: CallOptions): Promise<Disagreement> {
    const { vectors, chunks, log } = this.#parts;
    const found = await compareWithRecords(
      { ...this.#parts, model: this.model, chunks: vectors.hasChunks ? chunks : undefined },
      options,
    );
    if (found.doubtful > 0)
      log?.warn(
        `Left alone: vectors and large contents without a memory here (${found.doubtful}), because not all other databases of the account can be asked whether they are theirs.`,
      );
    return found;
  }

  async #embedWaiting(advanceBy: (count: number) => void, options?: CallOptions): Promise<void> {
    try {
      for (let tried = 1; tried > 0;) {
        tried = await this.queue.advance(EMBED_AT_ONCE, options);
        if (tried > 0) advanceBy(tried);
      }
    } catch (error) {
      // A content that could not be read may come right later.
      if (!MemoryError.is(error, 'damaged') && !MemoryError.is(error, 'not-found')) throw error;
      this.waiting();
    }
  }

  /** What waits is done the next time that a store is opened. */
  close(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#looking);
    this.#closing.abort();
    return Promise.resolve();
  }

  /** Computes the vectors that are missing, at most `limit` memories; answers how many still wait. */
  async embedPending(limit = Infinity, options?: CallOptions): Promise<number> {
    for (let left = limit; left > 0;) {
      const done = await this.queue.advance(Math.min(EMBED_AT_ONCE, left), options);
      if (done === 0) break;
      left -= done;
    }
    return this.queue.pending(options);
  }
}
