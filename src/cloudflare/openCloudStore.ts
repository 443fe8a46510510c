import type { CallOptions } from '../memory/ports.ts';
import type { ClientLog, CloudflareClient } from './client.ts';
import { type D1State, inspectDatabase, migrateDatabase } from './cloudSchema.ts';
import { CloudStore, FIRST_WAIT, LOOK_AGAIN } from './cloudStore.ts';
import { chunksIndexOf, CloudVectorIndex } from './cloudVectorIndex.ts';
import { D1Database } from './d1.ts';
import type { EmbeddingCache } from './embeddingCache.ts';
import { choiceFor, createEmbedder, type EndpointAccess } from './embeddingChoice.ts';
import { NoObjectStore } from './noObjectStore.ts';
import { namesHeldElsewhere } from './otherDatabases.ts';
import { R2ObjectStore } from './r2.ts';
import { openUnprepared } from './unpreparedDatabase.ts';
import { VectorizeIndex } from './vectorize.ts';

/** D1 takes 2,000,000 bytes a row, of which tags and metadata need some: above this, content goes to R2 in any case. */
const ROW_BYTES = 1_500_000;
const USUAL_BYTES = 1024 * 1024;

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
