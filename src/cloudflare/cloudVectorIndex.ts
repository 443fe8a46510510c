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
import { bestChunk, codeScorer, packCodes, packVectors, unpackVector } from './compactVectors.ts';
import { FreshWrites } from './freshWrites.ts';
import { CHUNKS_KEY } from './metaKeys.ts';
import { PlanRoom } from './planRoom.ts';
import { IS_CURRENT, PresentIndex, readIndexMeta } from './presentIndex.ts';
import { VECTORIZE_LIMITS, type VectorizeIndex } from './vectorize.ts';

/** A filter that leaves this many memories or fewer is ranked exactly, from the rows. */
const SMALL = 1000;
/** One that leaves this many or fewer is ranked by their codes; above, only what Vectorize finds is filtered. */
const MANY = 20_000;
/** Vectorize shows a write within two minutes (p99); until then the rows answer. Seconds. */
const FRESH = 300;
/** So many fresh writes are compared exactly, and so many by their codes. */
const FRESH_ROWS = 300;
const FRESH_CODES = 5000;
/** Matches that are answered, at least: among them are some of memories that are gone, or do not pass the filter. */
const ANSWERED = 400;
/** Characters of vectors, and of codes, that one search reads: long memories among many are read in part. */
const READ_VECTORS = 4_000_000;
const READ_CODES = 8_000_000;
/** Of the vectors that this process wrote itself: those of some 6,000 short memories. */
const KEPT_CHARACTERS = 6_500_000;
/** D1 takes 2,000,000 bytes a row: further chunks of a very long memory are found by Vectorize alone. */
const PACKED_CHUNKS = 1000;
/** D1 takes 2,000,000 bytes a value. */
const MAX_PARAM_BYTES = 1_900_000;
const MAX_ID_BYTES = 64;
/** Before ids of 64 bytes were known to fit, mcp-memory-service wrote them with this in front. */
const OLD_PREFIX = 'mem_';

/** The index of ours beside an index that mcp-memory-service may share. */
export const chunksIndexOf = (index: string): string => `${index}-chunks`;

/** `em_vectors_next`: of an index that is being rebuilt, until it takes the place of the present one. */
export type VectorTable = 'em_vectors' | 'em_vectors_next';

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
  readonly #now: () => number;
  readonly #room: PlanRoom;
  readonly #own = new FreshWrites(FRESH, KEPT_CHARACTERS);
  #hasChunks: boolean;

  constructor(options: CloudVectorIndexOptions) {
    this.#options = options;
    this.#table = options.table ?? 'em_vectors';
    this.#present = new PresentIndex(options.model.space, options.recorded, options.onOutdated);
    this.#hasChunks = options.hasChunks ?? false;
    this.#now = options.now ?? Date.now;
    const { index, chunks, model, storedDimensions = Infinity } = options;
    this.#room = new PlanRoom({
      storedDimensions,
      dimensions: model.dimensions,
      indexes: () => (this.#hasChunks ? [index, chunks] : [index]),
      now: this.#now,
    });
  }

  /** Whether there is a second index, as far as is known. */
  get hasChunks(): boolean {
    return this.#hasChunks;
  }

  async upsert(vectors: readonly MemoryVectors[], options?: CallOptions): Promise<void> {
    const first = vectors.flatMap(({ contentHash, chunks: [values], metadata }) =>
      values === undefined ? [] : [{ id: contentHash, values, metadata }],
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
    this.#own.remove(wanted);
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
    return [
      {
        sql: `DELETE FROM ${this.#table} WHERE content_hash IN (SELECT value FROM json_each(?))
          AND content_hash NOT IN (SELECT content_hash FROM memories)`,
        params: [JSON.stringify(contentHashes)],
      },
    ];
  }

  /** Where another index took the place of this one, the memories get in line for a vector in that one instead. */
  rowStatements(vectors: readonly MemoryVectors[]): SqlStatement[] {
    if (vectors.length === 0) return [];
    const packed = vectors.map(packedRow);
    const at = this.#own.add(
      packed.map(({ h, v, c }) => ({ content_hash: h, vectors: v, codes: c })),
      this.#now() / 1000,
    );
    const insert = this.#insert(
      packed,
      at,
      `DO UPDATE SET space = excluded.space, chunks = excluded.chunks, vectors = excluded.vectors,
        codes = excluded.codes, written_at = excluded.written_at`,
    );
    if (this.#table !== 'em_vectors') return insert;
    return [
      ...insert,
      {
        sql: `INSERT INTO em_embed_queue (content_hash, size) SELECT content_hash, content_size FROM memories
          WHERE NOT (${IS_CURRENT}) AND deleted_at IS NULL AND content_hash IN (SELECT value FROM json_each(?))
          ON CONFLICT (content_hash) DO NOTHING`,
        params: [...this.#present.params, JSON.stringify(packed.map(({ h }) => h))],
      },
      { sql: `SELECT ${IS_CURRENT} AS kept`, params: this.#present.params },
    ];
  }

  rowsKept(answers: readonly SqlRow[][]): boolean {
    if (answers.at(-1)?.[0]?.['kept'] !== 0) return true;
    this.#present.becomeOutdated();
    return false;
  }

  /** Rows of vectors that Vectorize has had for long: no fresh writes, and none that takes the place of another. */
  copyStatements(vectors: readonly MemoryVectors[]): SqlStatement[] {
    return this.#insert(vectors.map(packedRow), 0, 'DO NOTHING');
  }

  #insert(packed: readonly object[], writtenAt: number, onConflict: string): SqlStatement[] {
    const isNext = this.#table !== 'em_vectors';
    return listsOf(packed.map((row) => JSON.stringify(row))).map((list) => ({
      sql: `INSERT INTO ${this.#table} (content_hash, space, chunks, vectors, codes, written_at)
        SELECT value->>'h', ?, CAST(value->>'n' AS INTEGER), value->>'v', value->>'c', ? FROM json_each(?)
        WHERE ${isNext ? 'true' : IS_CURRENT} ON CONFLICT (content_hash) ${onConflict}`,
      params: [this.#options.model.space, writtenAt, list, ...(isNext ? [] : this.#present.params)],
    }));
  }

  companionReads(within: SqlStatement | undefined): SqlStatement[] {
    const { space } = this.#options.model;
    const now = this.#now() / 1000;
    const since = now - FRESH;
    const own = JSON.stringify(this.#own.stamps(now));
    const fresh = {
      sql: `SELECT content_hash, ${exactUpTo(FRESH_ROWS, FRESH_CODES)} FROM em_vectors v,
          (SELECT count(*) AS n FROM (SELECT 1 FROM em_vectors WHERE ${OTHERS} LIMIT ?))
        WHERE ${OTHERS} AND space = ? AND EXISTS
          (SELECT 1 FROM memories m WHERE m.content_hash = v.content_hash AND +m.deleted_at IS NULL) ORDER BY written_at DESC LIMIT ?`,
      params: [since, own, FRESH_ROWS + 1, since, own, space, FRESH_CODES],
    };
    if (within === undefined) return [readIndexMeta, fresh];
    const ids = within.params ?? [];
    const filtered = {
      sql: `SELECT m.content_hash, ${exactUpTo(SMALL, 'n')}
        FROM (SELECT count(*) AS n FROM (${within.sql} LIMIT ?)) CROSS JOIN memories m
        LEFT JOIN em_vectors v ON v.content_hash = m.content_hash AND v.space = ?
        WHERE n <= ? AND m.id IN (${within.sql})`,
      params: [...ids, MANY + 1, space, MANY, ...ids],
    };
    return [readIndexMeta, fresh, filtered];
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
    const read = [...this.#own.rows(this.#now() / 1000, FRESH_ROWS), ...fresh, ...(filtered ?? [])];
    for (const match of fromRows(vector, read)) consider(match);
    // An estimate counts where nothing better is known.
    for (const match of fromCodes(vector, read))
      if (best.get(match.contentHash)?.chunk !== match.chunk) consider(match);
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

  async read(contentHashes: readonly string[], options?: CallOptions): Promise<MemoryVector[]> {
    const { space, dimensions } = this.#options.model;
    const [rows = []] = await this.#options.sql.read(
      [
        {
          // Of long memories the first chunk alone: base64 takes four characters for three bytes.
          sql: `SELECT content_hash, substr(vectors, 1, CAST(? AS INTEGER)) AS first FROM em_vectors
            WHERE content_hash IN (SELECT value FROM json_each(?)) AND space = ?`,
          params: [Math.ceil(dimensions / 3) * 4, JSON.stringify(contentHashes), space],
        },
      ],
      options,
    );
    return rows.map((row) => ({
      contentHash: String(row['content_hash']),
      values: unpackVector(String(row['first']), dimensions),
    }));
  }

  room(options?: CallOptions): Promise<number> {
    return this.#room.left(options);
  }

  async count(options?: CallOptions): Promise<number> {
    const [rows] = await this.#options.sql.read(
      [
        {
          sql: `SELECT count(*) AS n FROM em_vectors WHERE space = ?
            AND content_hash NOT IN (SELECT content_hash FROM memories WHERE deleted_at IS NOT NULL)`,
          params: [this.#options.model.space],
        },
      ],
      options,
    );
    return Number(rows?.[0]?.['n'] ?? 0);
  }
}

const packedRow = ({ contentHash, chunks }: MemoryVectors) => {
  const part = chunks.slice(0, PACKED_CHUNKS);
  return { h: contentHash, n: chunks.length, v: packVectors(part), c: packCodes(part) };
};

const hashOf = (id: string): string => (id.startsWith(OLD_PREFIX) ? id.slice(OLD_PREFIX.length) : id);

/** Ids of all chunks after the first. */
const furtherIds = (contentHash: string, chunks: number): string[] =>
  Array.from({ length: Math.max(0, chunks - 1) }, (_, i) => chunkIdOf(contentHash, i + 1) ?? []).flat();

/** JSON lists of these items, each small enough for one parameter. */
const listsOf = (items: readonly string[]): string[] => {
  const lists: string[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    if (bytes + item.length > MAX_PARAM_BYTES) {
      lists.push([]);
      bytes = 0;
    }
    lists.at(-1)?.push(item);
    bytes += item.length + 1;
  }
  return lists.map((list) => `[${list.join(',')}]`);
};

/** Fresh rows that this process did not write. */
const OTHERS = 'written_at > ? AND written_at NOT IN (SELECT value FROM json_each(?))';

/**
 * The vectors of up to `most` of n rows, of more only their codes; `rows` tells how many there may be then. Of a memory
 * with too many chunks for its share, the first ones, and codes of the others. A code that is cut off counts for nothing.
 */
const exactUpTo = (most: number, rows: number | 'n'): string => {
  const share = `${READ_VECTORS} / n`;
  return `CASE WHEN n <= ${most} THEN substr(v.vectors, 1, ${share}) END AS vectors,
    CASE WHEN n > ${most} THEN substr(v.codes, 1, ${READ_CODES} / ${rows})
      WHEN length(v.vectors) > ${share} THEN substr(v.codes, 1, ${READ_CODES} / n) END AS codes`;
};

const fromRows = (vector: Float32Array, rows: readonly SqlRow[]): VectorMatch[] =>
  rows.flatMap(({ content_hash: hash, vectors }) =>
    typeof vectors === 'string' ? [{ contentHash: String(hash), ...bestChunk(vector, vectors) }] : [],
  );

const fromCodes = (vector: Float32Array, rows: readonly SqlRow[]): VectorMatch[] => {
  const coded = rows.filter(({ codes }) => typeof codes === 'string');
  if (coded.length === 0) return [];
  const score = codeScorer(vector);
  return coded.map(({ content_hash: hash, codes }) => ({
    contentHash: String(hash),
    ...score(String(codes)),
  }));
};
