import type { MemoryVector } from '../memory/memory.ts';
import type {
  CallOptions,
  MemoryVectors,
  SqlDatabase,
  SqlRow,
  SqlStatement,
  VectorMatch,
} from '../memory/ports.ts';
import { bestChunk, codeScorer, packCodes, packVectors, unpackVector } from './compactVectors.ts';
import { FRESH, FreshWrites } from './freshWrites.ts';
import { IS_CURRENT, type PresentIndex } from './presentIndex.ts';

/** A filter that leaves this many memories or fewer is ranked exactly, from the rows. */
const SMALL = 1000;
/** One that leaves this many or fewer is ranked by their codes; above, only what Vectorize finds is filtered. */
const MANY = 20_000;
/** So many fresh writes are compared exactly, and so many by their codes. */
const FRESH_ROWS = 300;
const FRESH_CODES = 5000;
/** Characters of vectors, and of codes, that one search reads: long memories among many are read in part. */
const READ_VECTORS = 4_000_000;
const READ_CODES = 8_000_000;
/** Of the vectors that this process wrote itself: those of some 6,000 short memories. */
const KEPT_CHARACTERS = 6_500_000;
/**
 * D1 takes 2,000,000 bytes a row: further chunks of a very long memory are found by Vectorize alone. Values of vectors,
 * each of which takes a character and a third, and a sixth of one as a code.
 */
const PACKED_VALUES = 1_100_000;
/** D1 takes 2,000,000 bytes a value. */
const MAX_PARAM_BYTES = 1_900_000;

/** `em_vectors_next`: of an index that is being rebuilt, until it takes the place of the present one. */
export type VectorTable = 'em_vectors' | 'em_vectors_next';

export interface VectorRowsOptions {
  readonly sql: SqlDatabase;
  readonly table: VectorTable;
  readonly model: { readonly space: string; readonly dimensions: number };
  readonly present: PresentIndex;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The compact copies of vectors in D1, one row a memory, and the latest of them that this process wrote itself. */
export class VectorRows {
  readonly #options: VectorRowsOptions;
  readonly #own = new FreshWrites(FRESH, KEPT_CHARACTERS);

  constructor(options: VectorRowsOptions) {
    this.#options = options;
  }

  /** Where another index took the place of this one, the memories get in line for a vector in that one instead. */
  writeStatements(vectors: readonly MemoryVectors[]): SqlStatement[] {
    if (vectors.length === 0) return [];
    const packed = vectors.map(packedRow);
    const at = this.#own.add(
      packed.map(({ h, v, c }) => ({ content_hash: h, vectors: v, codes: c })),
      this.#options.now() / 1000,
    );
    const insert = this.#insert(
      packed,
      at,
      `DO UPDATE SET space = excluded.space, chunks = excluded.chunks, vectors = excluded.vectors,
        codes = excluded.codes, written_at = excluded.written_at`,
    );
    if (this.#options.table !== 'em_vectors') return insert;
    return [
      ...insert,
      {
        sql: `INSERT INTO em_embed_queue (content_hash, size) SELECT content_hash, content_size FROM memories
          WHERE NOT (${IS_CURRENT}) AND deleted_at IS NULL AND content_hash IN (SELECT value FROM json_each(?))
          ON CONFLICT (content_hash) DO NOTHING`,
        params: [...this.#options.present.params, JSON.stringify(packed.map(({ h }) => h))],
      },
      { sql: `SELECT ${IS_CURRENT} AS kept`, params: this.#options.present.params },
    ];
  }

  /** Whether the rows of {@link writeStatements} were kept, by their answers. */
  areKept(answers: readonly SqlRow[][]): boolean {
    if (answers.at(-1)?.[0]?.['kept'] !== 0) return true;
    this.#options.present.becomeOutdated();
    return false;
  }

  /** As rows of long ago, none of which takes the place of another. */
  copyStatements(vectors: readonly MemoryVectors[]): SqlStatement[] {
    return this.#insert(vectors.map(packedRow), 0, 'DO NOTHING');
  }

  #insert(packed: readonly object[], writtenAt: number, onConflict: string): SqlStatement[] {
    const isNext = this.#options.table !== 'em_vectors';
    return listsOf(packed.map((row) => JSON.stringify(row))).map((list) => ({
      sql: `INSERT INTO ${this.#options.table} (content_hash, space, chunks, vectors, codes, written_at)
        SELECT value->>'h', ?, CAST(value->>'n' AS INTEGER), value->>'v', value->>'c', ? FROM json_each(?)
        WHERE ${isNext ? 'true' : IS_CURRENT} ON CONFLICT (content_hash) ${onConflict}`,
      params: [this.#options.model.space, writtenAt, list, ...(isNext ? [] : this.#options.present.params)],
    }));
  }

  /** Fresh writes of others; and where a filter leaves few, all that pass it. */
  searchReads(within: SqlStatement | undefined): SqlStatement[] {
    const { space } = this.#options.model;
    const now = this.#options.now() / 1000;
    const since = now - FRESH;
    const own = JSON.stringify(this.#own.stamps(now));
    const fresh = {
      sql: `SELECT content_hash, ${exactUpTo(FRESH_ROWS, FRESH_CODES)} FROM em_vectors v,
          (SELECT count(*) AS n FROM (SELECT 1 FROM em_vectors WHERE ${OTHERS} LIMIT ?))
        WHERE ${OTHERS} AND space = ? AND EXISTS
          (SELECT 1 FROM memories m WHERE m.content_hash = v.content_hash AND +m.deleted_at IS NULL) ORDER BY written_at DESC LIMIT ?`,
      params: [since, own, FRESH_ROWS + 1, since, own, space, FRESH_CODES],
    };
    if (within === undefined) return [fresh];
    const ids = within.params ?? [];
    const filtered = {
      sql: `SELECT m.content_hash, ${exactUpTo(SMALL, 'n')}
        FROM (SELECT count(*) AS n FROM (${within.sql} LIMIT ?)) CROSS JOIN memories m
        LEFT JOIN em_vectors v ON v.content_hash = m.content_hash AND v.space = ?
        WHERE n <= ? AND m.id IN (${within.sql})`,
      params: [...ids, MANY + 1, space, MANY, ...ids],
    };
    return [fresh, filtered];
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
  purgeStatements(contentHashes: readonly string[]): SqlStatement[] {
    return [
      {
        sql: `DELETE FROM ${this.#options.table} WHERE content_hash IN (SELECT value FROM json_each(?))
          AND content_hash NOT IN (SELECT content_hash FROM memories)`,
        params: [JSON.stringify(contentHashes)],
      },
    ];
  }

  /** Of this process's own fresh writes too; what is known exactly before what is estimated. */
  matches(vector: Float32Array, rows: readonly SqlRow[]): { exact: VectorMatch[]; estimated: VectorMatch[] } {
    const read = [...this.#own.rows(this.#options.now() / 1000, FRESH_ROWS), ...rows];
    return { exact: fromRows(vector, read), estimated: fromCodes(vector, read) };
  }

  /** Those of memories that are gone. */
  forget(contentHashes: ReadonlySet<string>): void {
    this.#own.remove(contentHashes);
  }
}

const packedRow = ({ contentHash, chunks }: MemoryVectors) => {
  const part = chunks.slice(0, Math.floor(PACKED_VALUES / (chunks[0]?.length ?? 1)));
  return { h: contentHash, n: chunks.length, v: packVectors(part), c: packCodes(part) };
};

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
