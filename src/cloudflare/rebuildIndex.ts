import { EmbeddingQueue } from '../memory/embeddingQueue.ts';
import { MemoryError } from '../memory/errors.ts';
import type { CallOptions, Embedder, ObjectStore, SqlDatabase } from '../memory/ports.ts';
import { recordMeta } from '../memory/schema.ts';
import { enqueueLive } from '../memory/storing.ts';
import { createVectorTable, indexVectorTable } from './cloudSchema.ts';
import { chunksIndexOf, CloudVectorIndex } from './cloudVectorIndex.ts';
import type { CloudflareClient } from './client.ts';
import { chunkCount } from './embeddings.ts';
import { CHUNKS_KEY, INDEX_KEY, SPACE_KEY } from './metaKeys.ts';
import { listVectorizeIndexes, VectorizeIndex } from './vectorize.ts';

/** As many as Workers AI embeds in one request. */
const AT_ONCE = 100;
/** The key of em_meta that holds the name of an index that is being rebuilt, and for which space. */
const REBUILD_KEY = 'rebuild';

export interface Rebuild {
  readonly client: CloudflareClient;
  readonly account: string;
  readonly sql: SqlDatabase;
  readonly objects: ObjectStore;
  /** The name of the present index. */
  readonly index: string;
  /** Computes the new vectors. */
  readonly embedder: Embedder;
  /** The person says that mcp-memory-service is not used with this database any more. */
  readonly serviceIsGone?: boolean | undefined;
  /** What the plan lets Vectorize hold, the old index included. Default: no limit. */
  readonly storedDimensions?: number | undefined;
}

export interface Rebuilt {
  /** The name of the new index. */
  readonly index: string;
  /** Memories that have a vector in it. */
  readonly embedded: number;
  /** What is not used any more, and was left. */
  readonly old: readonly string[];
}

export interface RebuildOptions extends CallOptions {
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
}

/**
 * Computes all vectors anew, into another index, while the present one serves; takes its place only when it is
 * complete. Interrupted, it goes on where it was. Rejects with `conflict` where mcp-memory-service uses the database.
 */
export const rebuildIndex = async (rebuild: Rebuild, options: RebuildOptions = {}): Promise<Rebuilt> => {
  const { sql, client, account, embedder } = rebuild;
  const { signal, priority } = options;
  const call: CallOptions = { signal, priority };
  if (!rebuild.serviceIsGone && (await isServiceUsed(sql, call))) throw serviceUses();
  await checkRoom(rebuild, call);
  const { index, hasChunks } = await begin(rebuild, call);
  const vectors = new CloudVectorIndex({
    sql,
    index: new VectorizeIndex({ client, account, index }),
    chunks: new VectorizeIndex({ client, account, index: chunksIndexOf(index) }),
    model: embedder.model,
    hasChunks,
    table: 'em_vectors_next',
  });
  const queue = new EmbeddingQueue({ sql, vectors, objects: rebuild.objects, embedder, isForNext: true });
  // What is stored meanwhile comes in another round.
  for (let added = 1; added > 0;) added = await embedMissing(sql, queue, options);
  const gone = await removeGone(sql, vectors, call);
  const next = { space: embedder.model.space, index, hasChunks: vectors.hasChunks, gone };
  await takePlace(sql, next, call).catch(async (error: unknown) => {
    // Its answer was lost, and repeating it found the table gone: it took place.
    if ((await recordedIndex(sql, call)) !== index) throw error;
  });
  const [rows] = await sql.read([{ sql: 'SELECT count(*) AS n FROM em_vectors' }], call);
  return {
    index,
    embedded: Number(rows?.[0]?.['n'] ?? 0),
    old: [rebuild.index, chunksIndexOf(rebuild.index)],
  };
};

/** Indexes that mcp-memory-service makes whenever it starts, and that databases of ours do without. */
const SERVICE_INDEXES = ['idx_memories_content_hash', 'idx_memories_vector_id', 'idx_tags_name'];

export const isServiceUsed = async (sql: SqlDatabase, call?: CallOptions): Promise<boolean> => {
  const [rows = []] = await sql.read(
    [
      {
        sql: 'SELECT name FROM sqlite_schema WHERE name IN (SELECT value FROM json_each(?)) LIMIT 1',
        params: [JSON.stringify(SERVICE_INDEXES)],
      },
    ],
    call,
  );
  return rows.length > 0;
};

const serviceUses = (): MemoryError =>
  new MemoryError(
    'conflict',
    'mcp-memory-service uses this database: it would go on with the old index and its own model, and no longer find what is stored here.',
    'Leave the model as it is, or say that the service is not used with this database any more.',
  );

const checkRoom = async (
  { sql, client, account, index, embedder, storedDimensions = Infinity }: Rebuild,
  call: CallOptions,
): Promise<void> => {
  if (storedDimensions === Infinity) return;
  const { model } = embedder;
  const [present, [rows = []]] = await Promise.all([
    Promise.all(
      (await listVectorizeIndexes(client, account, call))
        .filter(({ name }) => name === index || name === chunksIndexOf(index))
        .map(async ({ name, dimensions }) => {
          const { vectorCount } = await new VectorizeIndex({ client, account, index: name }).info(call);
          return vectorCount * dimensions;
        }),
    ),
    sql.read([{ sql: 'SELECT content_size AS size FROM memories WHERE +deleted_at IS NULL' }], call),
  ]);
  const vectors = rows.reduce((sum, { size }) => sum + chunkCount(Number(size), model), 0);
  const needed = present.reduce((sum, each) => sum + each, 0) + vectors * model.dimensions;
  if (needed <= storedDimensions) return;
  throw new MemoryError(
    'limit-reached',
    `Both indexes together would hold ${needed.toLocaleString('en')} dimensions, and the plan allows ${storedDimensions.toLocaleString('en')}. Nothing was changed.`,
    'Choose a model of fewer dimensions, delete memories that are not needed, or change the plan.',
  );
};

/** The index to fill: the one that an interrupted rebuild began, or a new one. */
const begin = async (
  { sql, client, account, index, embedder: { model } }: Rebuild,
  call: CallOptions,
): Promise<{ readonly index: string; readonly hasChunks: boolean }> => {
  const [rows] = await sql.read(
    [{ sql: 'SELECT value FROM em_meta WHERE key = ?', params: [REBUILD_KEY] }],
    call,
  );
  const [begun = '', space = ''] = String(rows?.[0]?.['value'] ?? '').split('\n');
  const indexes = await listVectorizeIndexes(client, account, call);
  const isThere = (wanted: string) => indexes.some(({ name }) => name === wanted);
  if (space === model.space && isThere(begun))
    return { index: begun, hasChunks: isThere(chunksIndexOf(begun)) };
  // Begun for a model that is not wanted any more: nobody ever used it.
  if (begun !== '')
    for (const abandoned of [begun, chunksIndexOf(begun)])
      await new VectorizeIndex({ client, account, index: abandoned }).remove(call);
  const name = freeName(
    index,
    indexes.map((each) => each.name),
  );
  await new VectorizeIndex({ client, account, index: name }).create(
    { dimensions: model.dimensions, metric: 'cosine' },
    call,
  );
  await sql.write(
    [
      { sql: 'DROP TABLE IF EXISTS em_vectors_next' },
      createVectorTable('em_vectors_next'),
      recordMeta(REBUILD_KEY, `${name}\n${model.space}`),
    ],
    call,
  );
  return { index: name, hasChunks: false };
};

/** `memory-index` becomes `memory-index-v2`, that one `memory-index-v3`. An index's name has at most 64 bytes. */
const freeName = (index: string, taken: readonly string[]): string => {
  const [, base = index, number = '1'] = /^(.*?)(?:-v(\d+))?$/.exec(index) ?? [];
  for (let next = Number(number) + 1; ; next++) {
    const name = `${base.slice(0, 48)}-v${next}`;
    if (!taken.includes(name) && !taken.includes(chunksIndexOf(name))) return name;
  }
};

/** One round over all live memories; answers how many got a vector. */
const embedMissing = async (
  sql: SqlDatabase,
  queue: EmbeddingQueue,
  { onProgress, ...call }: RebuildOptions,
): Promise<number> => {
  const count = async (): Promise<[number, number]> => {
    const [rows] = await sql.read(
      [
        {
          sql: `SELECT (SELECT count(*) FROM em_vectors_next) AS done,
            (SELECT count(*) FROM memories WHERE +deleted_at IS NULL) AS live`,
        },
      ],
      call,
    );
    return [Number(rows?.[0]?.['done'] ?? 0), Number(rows?.[0]?.['live'] ?? 0)];
  };
  const [before, all] = await count();
  let looked = before;
  for (let last = 0; ;) {
    call.signal?.throwIfAborted();
    onProgress?.(Math.min(looked, all), all);
    const [rows = []] = await sql.read(
      [
        {
          sql: `SELECT m.id, m.content_hash FROM memories m LEFT JOIN em_vectors_next v ON v.content_hash = m.content_hash
            WHERE m.id > ? AND +m.deleted_at IS NULL AND v.content_hash IS NULL ORDER BY m.id LIMIT ?`,
          params: [last, AT_ONCE],
        },
      ],
      call,
    );
    await queue.embed(
      rows.map((row) => String(row['content_hash'])),
      { priority: 'background', ...call },
    );
    looked += rows.length;
    if (rows.length < AT_ONCE) break;
    last = Number(rows.at(-1)?.['id']);
  }
  const [after] = await count();
  return after - before;
};

/** Takes the vectors of memories that were deleted meanwhile out of the new index; answers their hashes. */
const removeGone = async (
  sql: SqlDatabase,
  vectors: CloudVectorIndex,
  call: CallOptions,
): Promise<string[]> => {
  const [rows = []] = await sql.read(
    [
      {
        sql: `SELECT content_hash FROM em_vectors_next
          WHERE content_hash NOT IN (SELECT content_hash FROM memories WHERE deleted_at IS NULL)`,
      },
    ],
    call,
  );
  const gone = rows.map((row) => String(row['content_hash']));
  if (gone.length > 0) await vectors.delete(gone, call);
  return gone;
};

const recordedIndex = async (sql: SqlDatabase, call: CallOptions): Promise<string | undefined> => {
  const [rows] = await sql.read(
    [{ sql: 'SELECT value FROM em_meta WHERE key = ?', params: [INDEX_KEY] }],
    call,
  );
  const value = rows?.[0]?.['value'];
  return typeof value === 'string' ? value : undefined;
};

/** One transaction: from here on every reader finds the new vectors, and what came at the last moment waits for its own. */
const takePlace = async (
  sql: SqlDatabase,
  {
    space,
    index,
    hasChunks,
    gone,
  }: {
    readonly space: string;
    readonly index: string;
    readonly hasChunks: boolean;
    /** Hashes whose vectors were taken out of it again. */
    readonly gone: readonly string[];
  },
  call: CallOptions,
): Promise<void> => {
  const forget = (key: string) => ({ sql: 'DELETE FROM em_meta WHERE key = ?', params: [key] });
  await sql.write(
    [
      { sql: 'DROP TABLE em_vectors' },
      { sql: 'ALTER TABLE em_vectors_next RENAME TO em_vectors' },
      indexVectorTable,
      ...SERVICE_INDEXES.map((name) => ({ sql: `DROP INDEX IF EXISTS ${name}` })),
      recordMeta(SPACE_KEY, space),
      recordMeta(INDEX_KEY, index),
      hasChunks ? recordMeta(CHUNKS_KEY, 'yes') : forget(CHUNKS_KEY),
      forget(REBUILD_KEY),
      {
        sql: `DELETE FROM em_vectors WHERE content_hash NOT IN (SELECT content_hash FROM memories)
          OR content_hash IN (SELECT value FROM json_each(?))`,
        params: [JSON.stringify(gone)],
      },
      {
        sql: 'DELETE FROM em_embed_queue WHERE content_hash IN (SELECT content_hash FROM em_vectors)',
      },
      enqueueLive('NOT EXISTS (SELECT 1 FROM em_vectors v WHERE v.content_hash = memories.content_hash)'),
    ],
    call,
  );
};
