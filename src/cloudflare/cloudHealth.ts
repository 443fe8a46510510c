import { groupsOf } from '../memory/groups.ts';
import type { VerifyProblem } from '../memory/memory.ts';
import type { CallOptions, EmbeddingModel, SqlDatabase, SqlRow } from '../memory/ports.ts';
import { knownText } from '../memory/records.ts';
import { WITHOUT_RECORD } from '../memory/unsettled.ts';
import { chunkIdOf, readChunkId } from './chunkIds.ts';
import { FRESH } from './freshWrites.ts';
import type { R2ObjectStore } from './r2.ts';
import type { VectorizeIndex } from './vectorize.ts';

export interface CloudParts {
  readonly sql: SqlDatabase;
  readonly model: EmbeddingModel;
  readonly index: VectorizeIndex;
  /** Undefined where there is no second index. */
  readonly chunks: VectorizeIndex | undefined;
  /** Undefined where no bucket is connected. */
  readonly objects: R2ObjectStore | undefined;
  /** Which of these ids, hashes and keys other databases have a record of; undefined where that is not known. */
  readonly heldElsewhere: (
    names: readonly string[],
    options?: CallOptions,
  ) => Promise<ReadonlySet<string> | undefined>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Where Vectorize and R2 do not agree with the records. */
export interface Disagreement {
  /** Hashes of live memories in a language of the model whose vectors Vectorize does not have; none that wait for them. */
  readonly lostVectors: readonly string[];
  /** Hashes of those that have a vector there, and no copy of it beside their record: mcp-memory-service makes none. */
  readonly uncopied: readonly string[];
  /** Ids in the shared index, and in the second one, without a live memory, neither here nor in another database. */
  readonly orphanVectors: readonly string[];
  readonly orphanChunks: readonly string[];
  /** Hashes of memories whose object is missing. */
  readonly lostObjects: readonly string[];
  readonly orphanObjects: readonly string[];
  /** How many have no memory here, and may have one in a database that could not be asked: they are left. */
  readonly doubtful: number;
  /** In both indexes. */
  readonly storedVectors: number;
}

const RECORDS_AT_ONCE = 10_000;
const EXAMPLES = 5;
/** As Edge Memory and mcp-memory-service name theirs: what is named otherwise is another program's. */
const VECTOR_ID = /^([0-9a-f]{64}|mem_.*)$/;
const OBJECT_KEY = /^content\/[0-9a-f]{64}\.txt$/;
/** Texts that are looked at together, and how many characters of each. */
const TEXTS_AT_ONCE = 1000;
const BEGINNING = 4000;

/** Reads all lists and then the records: a request for each thousand vectors or objects, and each 10,000 records. */
export const compareWithRecords = async (parts: CloudParts, options?: CallOptions): Promise<Disagreement> => {
  // The lists first: what is in them has its record by the time that the records are read.
  const [first, further, objects] = await Promise.all([
    idsIn(parts.index, options),
    parts.chunks === undefined ? [] : idsIn(parts.chunks, options),
    parts.objects === undefined ? new Map<string, number>() : objectsIn(parts.objects, options),
  ]);
  const records = await readRecords(parts, options);
  const since = parts.now() / 1000 - FRESH;
  const [inFirst, inFurther] = [new Set(first), new Set(further)];
  const byId = new Map(records.flatMap((record) => [record.hash, record.vectorId].map((id) => [id, record])));
  const keys = new Set(records.map(({ key }) => key));
  const isSettled = ({ changedAt }: Record): boolean => changedAt < since;
  const hasFurther = new Set(further.flatMap((id) => readChunkId(id)?.contentHash ?? []));
  const isInFirst = ({ hash, vectorId }: Record) => inFirst.has(hash) || inFirst.has(vectorId);
  const isWhole = (record: Record) =>
    isInFirst(record) &&
    // Without its copy nobody knows how many chunks it has.
    (record.chunks > 0 || !hasFurther.has(record.hash)) &&
    (parts.chunks === undefined || furtherIds(record).every((id) => inFurther.has(id)));
  const due = records.filter(({ live, waits }) => live && !waits);
  const lost = due.filter((record) => isSettled(record) && !isWhole(record)).map(({ hash }) => hash);
  const orphans: Orphans = {
    orphanVectors: first.filter((id) => {
      const record = byId.get(id);
      return record === undefined ? VECTOR_ID.test(id) : !record.live && isSettled(record);
    }),
    orphanChunks: further.filter((id) => {
      const place = readChunkId(id);
      const record = place && byId.get(place.contentHash);
      if (record === undefined) return place !== undefined;
      return isSettled(record) && (!record.live || place === undefined || place.chunk >= record.chunks);
    }),
    // A fresh one may belong to a record that is just being written.
    orphanObjects: [...objects]
      .filter(
        ([key, at]) => OBJECT_KEY.test(key) && !keys.has(key) && at < parts.now() / 1000 - WITHOUT_RECORD,
      )
      .map(([key]) => key),
  };
  return {
    lostVectors: await understoodAmong(lost, parts, options),
    uncopied: due.filter((record) => record.chunks === 0 && isWhole(record)).map(({ hash }) => hash),
    ...(await ownOf(orphans, parts, options)),
    lostObjects:
      parts.objects === undefined
        ? []
        : records.filter(({ key, live }) => live && key !== '' && !objects.has(key)).map(({ hash }) => hash),
    storedVectors: first.length + further.length,
  };
};

type Orphans = Pick<Disagreement, 'orphanVectors' | 'orphanChunks' | 'orphanObjects'>;

/** Without those that serve another database of the account, and none at all where that is not known. */
const ownOf = async (
  orphans: Orphans,
  { heldElsewhere }: CloudParts,
  options?: CallOptions,
): Promise<Orphans & Pick<Disagreement, 'doubtful'>> => {
  const { orphanVectors, orphanChunks, orphanObjects } = orphans;
  const names = [...orphanVectors, ...orphanChunks.map(hashOfChunk), ...orphanObjects];
  if (names.length === 0) return { ...orphans, doubtful: 0 };
  const held = await heldElsewhere(names, options);
  if (held === undefined)
    return { orphanVectors: [], orphanChunks: [], orphanObjects: [], doubtful: names.length };
  const isOwn = (name: string): boolean => !held.has(name);
  return {
    orphanVectors: orphanVectors.filter(isOwn),
    orphanChunks: orphanChunks.filter((id) => isOwn(hashOfChunk(id))),
    orphanObjects: orphanObjects.filter(isOwn),
    doubtful: 0,
  };
};

const hashOfChunk = (id: string): string => readChunkId(id)?.contentHash ?? id;

export const problemsOf = (found: Disagreement): VerifyProblem[] =>
  (
    [
      ['missing-vector', found.lostVectors],
      ['orphan-vector', [...found.orphanVectors, ...found.orphanChunks]],
      ['missing-object', found.lostObjects],
      ['orphan-object', found.orphanObjects],
    ] as const
  ).flatMap(([kind, names]) =>
    names.length === 0 ? [] : [{ kind, count: names.length, examples: names.slice(0, EXAMPLES) }],
  );

interface Record {
  readonly hash: string;
  /** `''` where it has none; so is the key. */
  readonly vectorId: string;
  readonly key: string;
  readonly live: boolean;
  /** Whether it is in line for its vector. */
  readonly waits: boolean;
  /** 0 where it has no vector of the model beside its record. */
  readonly chunks: number;
  /** Seconds. */
  readonly changedAt: number;
}

const toRecord = (row: SqlRow): Record => ({
  hash: String(row['content_hash']),
  vectorId: String(row['vector_id'] ?? ''),
  key: String(row['r2_key'] ?? ''),
  live: row['deleted_at'] === null,
  waits: row['waits'] === 1,
  chunks: Number(row['chunks'] ?? 0),
  changedAt: Math.max(Number(row['updated_at'] ?? 0), Number(row['written_at'] ?? 0)),
});

const readRecords = async ({ sql, model }: CloudParts, options?: CallOptions): Promise<Record[]> => {
  const records: Record[] = [];
  for (let last = 0; ;) {
    const [rows = []] = await sql.read(
      [
        {
          sql: `SELECT m.id, m.content_hash, m.vector_id, m.r2_key, m.deleted_at, m.updated_at, v.chunks, v.written_at,
              m.content_hash IN (SELECT content_hash FROM em_embed_queue) AS waits
            FROM memories m LEFT JOIN em_vectors v ON v.content_hash = m.content_hash AND v.space = ?
            WHERE m.id > ? ORDER BY m.id LIMIT ?`,
          params: [model.space, last, RECORDS_AT_ONCE],
        },
      ],
      options,
    );
    records.push(...rows.map(toRecord));
    if (rows.length < RECORDS_AT_ONCE) return records;
    last = Number(rows.at(-1)?.['id']);
  }
};

/** A text in a language that the model does not know would get a vector without meaning. */
const understoodAmong = async (
  contentHashes: readonly string[],
  { sql, model }: CloudParts,
  options?: CallOptions,
): Promise<string[]> => {
  const understood: string[] = [];
  for (const group of groupsOf(contentHashes, TEXTS_AT_ONCE)) {
    const [rows = []] = await sql.read(
      [
        {
          sql: `SELECT m.content_hash, substr(${knownText}, 1, CAST(? AS INTEGER)) AS text FROM memories m
            WHERE m.content_hash IN (SELECT value FROM json_each(?))`,
          params: [BEGINNING, JSON.stringify(group)],
        },
      ],
      options,
    );
    understood.push(
      ...rows
        .filter((row) => model.understands(String(row['text'])))
        .map((row) => String(row['content_hash'])),
    );
  }
  return understood;
};

const furtherIds = ({ hash, chunks }: Record): string[] =>
  Array.from({ length: Math.max(0, chunks - 1) }, (_, i) => chunkIdOf(hash, i + 1) ?? []).flat();

const idsIn = async (index: VectorizeIndex, options?: CallOptions): Promise<string[]> => {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await index.list(cursor, options);
    ids.push(...page.ids);
    if ((cursor = page.next) === undefined) return ids;
  }
};

/** Keys, and when each was written last. Seconds. */
const objectsIn = async (objects: R2ObjectStore, options?: CallOptions): Promise<Map<string, number>> => {
  const found = new Map<string, number>();
  for (let cursor: string | undefined; ;) {
    const page = await objects.list('content/', cursor, options);
    for (const [i, key] of page.keys.entries()) found.set(key, page.writtenAt[i] ?? Infinity);
    if ((cursor = page.next) === undefined) return found;
  }
};
