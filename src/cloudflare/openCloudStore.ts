import { MemoryError } from '../memory/errors.ts';
import { groupsOf } from '../memory/groups.ts';
import { repairRecords } from '../memory/health.ts';
import type { VerifyReport } from '../memory/memory.ts';
import type { RepairOptions } from '../memory/memoryStore.ts';
import { MemoryEngine } from '../memory/memoryEngine.ts';
import { enqueueEmbedding } from '../memory/storing.ts';
import type { CallOptions, Embedder, EmbeddingModel, SqlDatabase } from '../memory/ports.ts';
import type { ClientLog, CloudflareClient } from './client.ts';
import {
  type D1State,
  fillFullText,
  inspectDatabase,
  mayWrite,
  migrateDatabase,
  recordResources,
  unfilledFullText,
} from './cloudSchema.ts';
import { type CloudParts, compareWithRecords, type Disagreement, problemsOf } from './cloudHealth.ts';
import { chunksIndexOf, CloudVectorIndex } from './cloudVectorIndex.ts';
import { COPIED_AT_ONCE, copyNextVectors, copyVectorsOf } from './copyVectors.ts';
import { D1Database, type D1Usage } from './d1.ts';
import type { EmbeddingCache } from './embeddingCache.ts';
import { choiceFor, createEmbedder, type EndpointAccess } from './embeddingChoice.ts';
import { NoObjectStore } from './noObjectStore.ts';
import { namesHeldElsewhere } from './otherDatabases.ts';
import { R2ObjectStore } from './r2.ts';
import { RemoteEmbedder } from './remoteEmbedder.ts';
import { openUnprepared } from './unpreparedDatabase.ts';
import { VectorizeIndex } from './vectorize.ts';

/** D1 takes 2,000,000 bytes a row, of which tags and metadata need some: above this, content goes to R2 in any case. */
const ROW_BYTES = 1_500_000;
const USUAL_BYTES = 1024 * 1024;
/** As many as Workers AI embeds in one request. */
const EMBED_AT_ONCE = 100;

/** Which resources hold the memories; no secret. */
export interface CloudStoreConfig {
  readonly account: string;
  readonly database: string;
  /** What to call the database in messages. Default: its id. */
  readonly databaseName?: string | undefined;
  readonly index: string;
  readonly bucket?: string | undefined;
  readonly jurisdiction?: string | undefined;
  /** Default bge-base, which mcp-memory-service uses. What a database was rebuilt for goes before. */
  readonly model?: string | undefined;
  /** The embedding server that has the model, up to and with `/v1`. Default: Workers AI. */
  readonly endpoint?: string | undefined;
  /** Of a model that is not among the known ones; without it the model is asked. */
  readonly dimensions?: number | undefined;
  /** UTF-8 bytes above which content goes to R2. Default 1 MiB, lowered where D1's rows need it. */
  readonly largeContentBytes?: number | undefined;
  /** What the plan lets Vectorize hold (5 million in the free one): vectors that have no place there wait. Default: no limit. */
  readonly storedDimensions?: number | undefined;
}

interface CloudStoreParts extends Pick<CloudParts, 'heldElsewhere'> {
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

/** A repair removes so many objects at most, two requests each. */
const OBJECTS_PER_REPAIR = 250;

export interface CloudStoreOptions {
  readonly client: CloudflareClient;
  readonly config: CloudStoreConfig;
  /** The way to the embedding server, where one is named. */
  readonly access?: EndpointAccess | undefined;
  readonly cache?: EmbeddingCache | undefined;
  readonly log?: ClientLog | undefined;
  readonly now?: (() => number) | undefined;
  /** Where the database was looked into already. */
  readonly state?: D1State | undefined;
  /**
   * Told once that the index was rebuilt elsewhere: the store is to be opened anew. Until then what is stored waits for its
   * vector. Default: a warning is announced.
   */
  readonly onOutdated?: (() => void) | undefined;
  /** Rejects to keep our tables out of a database that has memories but was never connected. */
  readonly approve?: (() => Promise<void>) | undefined;
}

/** How long after a failure the rest is tried again; twice as long each time, an hour at most. Milliseconds. */
const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 3_600_000;
/** How often an open store looks for what mcp-memory-service has stored meanwhile. Milliseconds. */
const LOOK_AGAIN = 900_000;

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
      if (!MemoryError.is(error, 'damaged')) throw error;
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

/** Opens the store and brings its database to this version: one request where there is nothing to do. */
export const openCloudStore = async (options: CloudStoreOptions, call?: CallOptions): Promise<CloudStore> => {
  const { client, config, cache, log, now, access } = options;
  const { account } = config;
  const database = new D1Database({
    client,
    account,
    database: config.database,
    name: config.databaseName,
  });
  const state = options.state ?? (await inspectDatabase(database, call));
  const embedder = await createEmbedder(
    { client, account, access, cache, log },
    choiceFor(config, state),
    call,
  );
  if (state.hasMemories && state.schemaVersion === 0) await options.approve?.();
  const isPrepared = await migrateDatabase(database, state, embedder.model.space, call);
  const sql = isPrepared ? database : await openUnprepared(database, state, call);
  const index = (name: string) => new VectorizeIndex({ client, account, index: name });
  const wanted = config.largeContentBytes ?? USUAL_BYTES;
  if (wanted > ROW_BYTES)
    log?.warn(
      `Content of more than ${ROW_BYTES} bytes goes to R2, not only of more than ${wanted}: D1 takes no larger rows than 2,000,000 bytes.`,
    );
  const objects =
    config.bucket === undefined
      ? undefined
      : new R2ObjectStore({ client, account, bucket: config.bucket, jurisdiction: config.jurisdiction });
  const name = state.index ?? config.index;
  const [first, chunks] = [index(name), index(chunksIndexOf(name))];
  const vectors = new CloudVectorIndex({
    sql,
    index: first,
    chunks,
    model: embedder.model,
    hasChunks: state.hasChunks,
    recorded: state.index,
    onOutdated: () => store.becomeOutdated(options.onOutdated),
    storedDimensions: config.storedDimensions,
    now,
  });
  const store: CloudStore = new CloudStore(
    {
      database,
      sql,
      vectors,
      index: first,
      chunks,
      objects,
      state,
      embedder,
      heldElsewhere: (names, options) =>
        namesHeldElsewhere({ client, account, database: config.database }, names, options),
      log,
      now: now ?? Date.now,
    },
    { sql, embedder, vectors, objects: objects ?? new NoObjectStore() },
    {
      largeContentBytes: Math.min(wanted, ROW_BYTES),
      embed: 'now',
      now,
    },
  );
  if (state.hasWaiting) store.waiting();
  if (isPrepared) store.copyVectorsLater(state.hasUncopied ? FIRST_WAIT : LOOK_AGAIN);
  return store;
};
