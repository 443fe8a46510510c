import type { CallOptions, Embedder, MemoryVectors, SqlRow } from '../memory/ports.ts';
import { metaNumber, recordMeta } from '../memory/schema.ts';
import { utf8Length } from '../memory/text.ts';
import type { CloudVectorIndex } from './cloudVectorIndex.ts';
import { FRESH } from './freshWrites.ts';
import {
  IS_UNREAD,
  type LargeContents,
  makeLargeContentFindable,
  tryReading,
} from './largeContentOfOthers.ts';
import type { StoredVector, VectorizeIndex } from './vectorize.ts';

/** The key of em_meta: every row up to this id was looked at. */
export const COPIED_KEY = 'vectors_copied_to';
/** Twenty requests of Vectorize, and one statement far below what D1 takes. */
export const COPIED_AT_ONCE = 400;
/** Texts of each page that are embedded to see whether its vectors are of this model. */
const SAMPLES = 3;
/** The same text has nearly 1 by the same model, and by another one anything but. */
const SAME_MODEL = 0.9;
const MAX_ID_BYTES = 64;

export interface VectorCopying extends LargeContents {
  /** The shared index. */
  readonly index: VectorizeIndex;
  readonly vectors: CloudVectorIndex;
  readonly embedder: Embedder;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Candidate {
  readonly id: number;
  readonly hash: string;
  readonly vectorId: string;
  readonly size: number;
  /** Seconds. */
  readonly changedAt: number;
  /** Whether it neither has the copy of a vector nor waits for one. */
  readonly isUncopied: boolean;
  /** Of large content whose beginning is not known here. */
  readonly objectKey: string | undefined;
}

const IS_UNCOPIED = `NOT EXISTS (SELECT 1 FROM em_vectors v WHERE v.content_hash = m.content_hash)
  AND m.content_hash NOT IN (SELECT content_hash FROM em_embed_queue)`;

const columns = `m.id, m.content_hash, coalesce(m.vector_id, m.content_hash) AS vector_id, m.content_size AS size,
  coalesce(m.updated_at, m.created_at) AS changed_at, ${IS_UNCOPIED} AS uncopied,
  CASE WHEN ${IS_UNREAD} THEN m.r2_key END AS unread_key`;

const toCandidate = (row: SqlRow): Candidate => ({
  id: Number(row['id']),
  hash: String(row['content_hash']),
  vectorId: String(row['vector_id']),
  size: Number(row['size']),
  changedAt: Number(row['changed_at']),
  isUncopied: row['uncopied'] === 1,
  objectKey: typeof row['unread_key'] === 'string' ? row['unread_key'] : undefined,
});

const copiedTo = metaNumber(COPIED_KEY);

/** Whether there are rows that `copyNextVectors` has not looked at. */
export const readUncopied = {
  sql: `SELECT coalesce(max(id), 0) > ${copiedTo} AS yes FROM memories`,
};

/**
 * mcp-memory-service writes its vectors to Vectorize alone: gives its memories the copy beside their record that fresh
 * and filtered searches are ranked by, and of large content the beginning that keywords find. A page of rows a call;
 * resumes where it ended, or at what could not be had yet. Answers how many ids are left, 0 where that has to wait.
 */
export const copyNextVectors = async (copying: VectorCopying, options?: CallOptions): Promise<number> => {
  const { sql } = copying;
  const [rows = [], range = []] = await sql.read(
    [
      {
        sql: `SELECT ${columns} FROM memories m WHERE m.id > ${copiedTo} AND +m.deleted_at IS NULL
          AND (${IS_UNCOPIED} OR ${IS_UNREAD}) ORDER BY m.id LIMIT ?`,
        params: [COPIED_AT_ONCE],
      },
      { sql: `SELECT coalesce(max(id), 0) AS last, ${copiedTo} AS begin FROM memories` },
    ],
    options,
  );
  const [last, begin] = [Number(range[0]?.['last'] ?? 0), Number(range[0]?.['begin'] ?? 0)];
  if (last <= begin) return 0;
  const candidates = rows.map(toCandidate);
  const uncopied = candidates.filter(({ isUncopied }) => isUncopied);
  const found = await copy(copying, uncopied, options);
  const large = candidates.flatMap(({ hash, objectKey, size }) =>
    objectKey === undefined ? [] : [{ hash, objectKey, size }],
  );
  const later = await makeLargeContentFindable(copying, large, options);
  const since = copying.now() / 1000 - FRESH;
  const isUnseen = ({ hash, isUncopied, changedAt }: Candidate) =>
    isUncopied && !found.has(hash) && changedAt >= since;
  const waiting = candidates.find((each) => isUnseen(each) || later.has(each.hash));
  const pageEnd = candidates.length < COPIED_AT_ONCE ? last : (candidates.at(-1)?.id ?? last);
  const end = waiting === undefined ? pageEnd : waiting.id - 1;
  if (end > begin) await sql.write([recordMeta(COPIED_KEY, String(end))], options);
  return waiting === undefined ? last - end : 0;
};

/** The same for these memories, wherever they are. */
export const copyVectorsOf = async (
  copying: VectorCopying,
  contentHashes: readonly string[],
  options?: CallOptions,
): Promise<void> => {
  const [rows = []] = await copying.sql.read(
    [
      {
        sql: `SELECT ${columns} FROM memories m WHERE m.content_hash IN (SELECT value FROM json_each(?))`,
        params: [JSON.stringify(contentHashes)],
      },
    ],
    options,
  );
  await copy(copying, rows.map(toCandidate), options);
};

/** Answers the hashes of those that Vectorize has a vector for, whether it could be taken or not. */
const copy = async (
  copying: VectorCopying,
  candidates: readonly Candidate[],
  options?: CallOptions,
): Promise<ReadonlySet<string>> => {
  const byId = new Map(
    candidates
      .filter(({ vectorId }) => vectorId !== '' && utf8Length(vectorId) <= MAX_ID_BYTES)
      .map((candidate) => [candidate.vectorId, candidate] as const),
  );
  const { index, vectors, embedder, sql, log } = copying;
  const stored = await index.getByIds([...byId.keys()], options);
  const usable = stored.flatMap((vector) => {
    const candidate = byId.get(vector.id);
    const values = candidate && unitVectorOf(vector, candidate, embedder.model.dimensions);
    return values ? [{ candidate, values }] : [];
  });
  if (usable.length > 0) {
    const isOfModel = await areOfModel(copying, usable, options);
    if (isOfModel) await sql.write(vectors.copyStatements(usable.map(toMemoryVectors)), options);
    else if (isOfModel === false)
      log?.warn(
        `The vectors that another program wrote to ${index.name} are not of ${embedder.model.space}: a filtered search by meaning leaves ${usable.length} memories out.`,
      );
  }
  return new Set(stored.flatMap(({ id }) => byId.get(id)?.hash ?? []));
};

interface Usable {
  readonly candidate: Candidate;
  readonly values: Float32Array;
}

const toMemoryVectors = ({ candidate, values }: Usable): MemoryVectors => ({
  contentHash: candidate.hash,
  chunks: [values],
});

/** Undefined where it can't be this memory's by this model. */
const unitVectorOf = (
  { values, metadata }: StoredVector,
  { hash }: Candidate,
  dimensions: number,
): Float32Array | undefined => {
  if (values.length !== dimensions || (metadata['content_hash'] ?? hash) !== hash) return undefined;
  const length = Math.hypot(...values);
  return length > 0 && Number.isFinite(length) ? values.map((value) => value / length) : undefined;
};

/**
 * Another model may have as many dimensions: the shortest texts are embedded and compared. Undefined where none can be
 * read.
 */
const areOfModel = async (
  { sql, objects, embedder }: VectorCopying,
  usable: readonly Usable[],
  options?: CallOptions,
): Promise<boolean | undefined> => {
  const shortest = [...usable]
    .sort((a, b) => a.candidate.size - b.candidate.size)
    .slice(0, SAMPLES)
    .map(({ candidate, values }) => [candidate.hash, { size: candidate.size, values }] as const);
  const sampleOf = new Map(shortest);
  const [rows = []] = await sql.read(
    [
      {
        sql: 'SELECT content_hash, content, r2_key FROM memories WHERE content_hash IN (SELECT value FROM json_each(?))',
        params: [JSON.stringify([...sampleOf.keys()])],
      },
    ],
    options,
  );
  const samples: { text: string; values: Float32Array }[] = [];
  for (const { content_hash: hash, content, r2_key: objectKey } of rows) {
    const sample = sampleOf.get(String(hash));
    if (sample === undefined) continue;
    const text =
      typeof objectKey === 'string'
        ? objects &&
          (await tryReading(objects, { hash: String(hash), objectKey, size: sample.size }, options)).content
        : String(content);
    if (text !== undefined) samples.push({ text, values: sample.values });
  }
  if (samples.length === 0) return undefined;
  const computed = await embedder.embed(
    samples.map(({ text }) => text),
    options,
  );
  return computed.some((vector, i) => cosine(vector, samples[i]?.values ?? vector) >= SAME_MODEL);
};

const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
