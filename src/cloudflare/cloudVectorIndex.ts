import { MemoryError } from '../memory/errors.ts';
import type { MemoryVector } from '../memory/memory.ts';
import type {
  CallOptions,
  MemoryVectors,
  SqlDatabase,
  SqlRow,
  SqlStatement,
  VectorDeletion,
  VectorIndex,
  VectorMatch,
  VectorQuery,
} from '../memory/ports.ts';
import { utf8Length } from '../memory/text.ts';
import { chunkIdOf, readChunkId } from './chunkIds.ts';
import { CHUNKS_KEY } from './metaKeys.ts';
import { PlanRoom } from './planRoom.ts';
import { IS_CURRENT, PresentIndex, readIndexMeta } from './presentIndex.ts';
import { VECTORIZE_LIMITS, type VectorizeIndex } from './vectorize.ts';
import { VectorRows, type VectorTable } from './vectorRows.ts';

/** Matches that are answered, at least: among them are some of memories that are gone, or do not pass the filter. */
const ANSWERED = 400;
const MAX_ID_BYTES = 64;
/** Before ids of 64 bytes were known to fit, mcp-memory-service wrote them with this in front. */
const OLD_PREFIX = 'mem_';

/** The index of ours beside an index that mcp-memory-service may share. */
export const chunksIndexOf = (index: string): string => `${index}-chunks`;

export interface CloudVectorIndexOptions {
  readonly sql: SqlDatabase;
  /** The index that mcp-memory-service may share: one vector a memory, whose id is the content hash. */
  readonly index: VectorizeIndex;
  /** An index of ours for further chunks, made with the first long memory. */
  readonly chunks: VectorizeIndex;
  readonly model: { readonly space: string; readonly dimensions: number };
  /** Whether the second index exists, as far as is known. */
  readonly hasChunks?: boolean | undefined;
  /** What the database recorded as the name of its index when it was opened: none before it is rebuilt. */
  readonly recorded?: string | undefined;
  /** Told once that the database has another index by now, which was rebuilt elsewhere. */
  readonly onOutdated?: (() => void) | undefined;
  /** Where the compact copies are kept. Default `em_vectors`; only writing takes another one. */
  readonly table?: VectorTable | undefined;
  /** What the plan lets Vectorize hold. Default: no limit. */
  readonly storedDimensions?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

/**
 * Vectorize, and beside it a compact copy in D1: Vectorize shows writes late and can't filter by tags, so fresh writes
 * and small filtered sets are ranked from the rows.
 */
export class CloudVectorIndex implements VectorIndex {
  readonly #options: CloudVectorIndexOptions;
  readonly #table: VectorTable;
  readonly #present: PresentIndex;
  readonly #rows: VectorRows;
  readonly #room: PlanRoom;
  #hasChunks: boolean;

  constructor(options: CloudVectorIndexOptions) {
    this.#options = options;
    this.#table = options.table ?? 'em_vectors';
    this.#present = new PresentIndex(options.model.space, options.recorded, options.onOutdated);
    this.#hasChunks = options.hasChunks ?? false;
    const { sql, index, chunks, model, storedDimensions = Infinity, now = Date.now } = options;
    this.#rows = new VectorRows({ sql, table: this.#table, model, present: this.#present, now });
    this.#room = new PlanRoom({
      storedDimensions,
      dimensions: model.dimensions,
      indexes: () => (this.#hasChunks ? [index, chunks] : [index]),
      now,
    });
  }

  /** Whether there is a second index, as far as is known. */
  get hasChunks(): boolean {
    return this.#hasChunks;
  }

  async upsert(vectors: readonly MemoryVectors[], options?: CallOptions): Promise<void> {
    // A hash of another recipe may be too long for an id: its vector is in the rows alone, and keeps no other out.
    const first = vectors.flatMap(({ contentHash, chunks: [values], metadata }) =>
      values === undefined || utf8Length(contentHash) > MAX_ID_BYTES
        ? []
        : [{ id: contentHash, values, metadata }],
    );
    const further = vectors.flatMap(({ contentHash, chunks }) =>
      chunks.slice(1).flatMap((values, i) => {
        const id = chunkIdOf(contentHash, i + 1);
        return id === undefined ? [] : [{ id, values }];
      }),
    );
    this.#room.wrote(first.length + further.length);
    await Promise.all([
      first.length > 0 && this.#options.index.upsert(first, options),
      further.length > 0 && this.#upsertChunks(further, options),
    ]);
  }

  async #upsertChunks(
    records: Parameters<VectorizeIndex['upsert']>[0],
    options?: CallOptions,
  ): Promise<void> {
    if (!this.#hasChunks) await this.#createChunks(options);
    await this.#options.chunks.upsert(records, options);
  }

  async #createChunks(options?: CallOptions): Promise<void> {
    const { chunks, model, sql } = this.#options;
    try {
      await chunks.create({ dimensions: model.dimensions, metric: 'cosine' }, options);
    } catch (error) {
      // It was made earlier, or another machine was faster.
      if (!MemoryError.is(error, 'conflict')) throw error;
    }
    // Of an index that is being rebuilt it is noted when that takes its place.
    if (this.#table === 'em_vectors')
      await sql.write(
        [
          {
            sql: `INSERT INTO em_meta (key, value) SELECT ?, 'yes' WHERE ${IS_CURRENT}
              ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
            params: [CHUNKS_KEY, ...this.#present.params],
          },
        ],
        options,
      );
    this.#hasChunks = true;
  }

  /** Another index may be there by now; whoever writes to the next one does not ask. */
  #learn(meta: readonly SqlRow[] | undefined): void {
    if (meta === undefined || this.#table !== 'em_vectors') return;
    if (this.#present.hasChunks(meta)) this.#hasChunks = true;
  }

  deletionReads(contentHashes: readonly string[]): SqlStatement[] {
    return [
      readIndexMeta,
      {
        sql: `SELECT j.value AS content_hash, m.vector_id, v.chunks FROM json_each(?) j
          LEFT JOIN memories m ON m.content_hash = j.value LEFT JOIN ${this.#table} v ON v.content_hash = j.value`,
        params: [JSON.stringify(contentHashes)],
      },
    ];
  }

  async delete(
    contentHashes: readonly string[],
    { companions, chunks: written, ...options }: VectorDeletion = {},
  ): Promise<void> {
    const { sql, index, chunks } = this.#options;
    const wanted = new Set(contentHashes);
    this.#rows.forget(wanted);
    const [meta, rows = []] = companions ?? (await sql.read(this.deletionReads(contentHashes), options));
    this.#learn(meta);
    const kept = new Map(rows.map((row) => [row['content_hash'], Number(row['chunks'] ?? 1)]));
    const further = contentHashes.flatMap((hash) =>
      furtherIds(hash, Math.max(kept.get(hash) ?? 1, written?.get(hash) ?? 1)),
    );
    // What an older version wrote lies under another id.
    const others = rows.flatMap(({ content_hash: hash, vector_id: id }) =>
      typeof id === 'string' && id !== hash && wanted.has(String(hash)) ? [id] : [],
    );
    const ids = [...contentHashes, ...others].filter((id) => utf8Length(id) <= MAX_ID_BYTES);
    await Promise.all([
      index.deleteByIds(ids, options),
      this.#hasChunks && further.length > 0 && chunks.deleteByIds(further, options),
    ]);
  }

  purgeStatements(contentHashes: readonly string[]): SqlStatement[] {
    return this.#rows.purgeStatements(contentHashes);
  }

  rowStatements(vectors: readonly MemoryVectors[]): SqlStatement[] {
    return this.#rows.writeStatements(vectors);
  }

  rowsKept(answers: readonly SqlRow[][]): boolean {
    return this.#rows.areKept(answers);
  }

  /** Rows of vectors that Vectorize has had for long: no fresh writes, and none that takes the place of another. */
  copyStatements(vectors: readonly MemoryVectors[]): SqlStatement[] {
    return this.#rows.copyStatements(vectors);
  }

  companionReads(within: SqlStatement | undefined): SqlStatement[] {
    return [readIndexMeta, ...this.#rows.searchReads(within)];
  }

  async query(vector: Float32Array, { topK, companions, ...options }: VectorQuery): Promise<VectorMatch[]> {
    const { index, chunks } = this.#options;
    const rows = companions ?? Promise.resolve([]);
    const [first, further, [, fresh = [], filtered]] = await Promise.all([
      index.query(vector, VECTORIZE_LIMITS.topK, options),
      this.#mayHaveChunks(rows).then((has) =>
        has ? chunks.query(vector, VECTORIZE_LIMITS.topK, options) : [],
      ),
      rows,
    ]);
    const best = new Map<string, VectorMatch>();
    const consider = (match: VectorMatch) => {
      if (match.similarity > (best.get(match.contentHash)?.similarity ?? -2))
        best.set(match.contentHash, match);
    };
    for (const { id, score } of first) consider({ contentHash: hashOf(id), chunk: 0, similarity: score });
    for (const { id, score } of further) {
      const place = readChunkId(id);
      if (place) consider({ ...place, similarity: score });
    }
    const { exact, estimated } = this.#rows.matches(vector, [...fresh, ...(filtered ?? [])]);
    for (const match of exact) consider(match);
    // An estimate counts where nothing better is known.
    for (const match of estimated) if (best.get(match.contentHash)?.chunk !== match.chunk) consider(match);
    // No rows at all means that too many pass the filter: the records decide then.
    const allowed = filtered && filtered.length > 0 && new Set(filtered.map((row) => row['content_hash']));
    return [...best.values()]
      .filter(({ contentHash }) => !allowed || allowed.has(contentHash))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, Math.max(topK, ANSWERED));
  }

  async #mayHaveChunks(companions: Promise<SqlRow[][]>): Promise<boolean> {
    const learnt = companions.then(([meta]) => this.#learn(meta));
    // Known: both indexes are asked at once. Not known: the rows tell that another machine has made it meanwhile.
    if (!this.#hasChunks) await learnt;
    else learnt.catch(() => undefined);
    return this.#hasChunks;
  }

  read(contentHashes: readonly string[], options?: CallOptions): Promise<MemoryVector[]> {
    return this.#rows.read(contentHashes, options);
  }

  room(options?: CallOptions): Promise<number> {
    return this.#room.left(options);
  }

  count(options?: CallOptions): Promise<number> {
    return this.#rows.count(options);
  }
}

const hashOf = (id: string): string => (id.startsWith(OLD_PREFIX) ? id.slice(OLD_PREFIX.length) : id);

/** Ids of all chunks after the first. */
const furtherIds = (contentHash: string, chunks: number): string[] =>
  Array.from({ length: Math.max(0, chunks - 1) }, (_, i) => chunkIdOf(contentHash, i + 1) ?? []).flat();
