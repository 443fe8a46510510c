import { shareOf } from './answerSize.ts';
import { DEFAULT_PAGE, unusableCursor } from './cursors.ts';
import { tagCounts } from './facets.ts';
import { compileFilter, type Condition } from './filters.ts';
import type { ListQuery, Memory, MemoryFilter, MemoryStats, Page } from './memory.ts';
import type { CallOptions, SqlDatabase, SqlRow, SqlStatement } from './ports.ts';
import { type MemoryRecord, selectRecords, toRecord } from './records.ts';

/** A place in a list is the time and row of its last item: rows that come or go do not shift it. */
const placeOf = (cursor: string): [number, number] => {
  const match = /^(-?\d[\d.]*(?:e[+-]\d+)?)_(\d+)$/.exec(cursor);
  if (!match) throw unusableCursor(cursor);
  return [Number(match[1]), Number(match[2])];
};

export const listPage = async (
  sql: SqlDatabase,
  query: ListQuery,
  options?: CallOptions,
): Promise<Page<MemoryRecord>> => {
  const limit = query.limit ?? DEFAULT_PAGE;
  const oldest = query.order === 'oldest';
  const condition = compileFilter(query.filter);
  const deleted = query.filter?.state === 'deleted';
  const time = deleted ? 'm.deleted_at' : 'm.created_at';
  const timeOf = ({ deletedAt, createdAt }: Memory): number => (deleted ? (deletedAt ?? 0) : createdAt);
  const beyond: Condition =
    query.after === undefined
      ? condition
      : {
          sql: `${condition.sql} AND (${time}, m.id) ${oldest ? '>' : '<'} (?, ?)`,
          params: [...condition.params, ...placeOf(query.after)],
        };
  const direction = oldest ? 'ASC' : 'DESC';
  const orderBy = `${time} ${direction}, m.id ${direction}`;
  const where = isSorted(query.filter) ? firstOf(beyond, orderBy, limit + 1) : beyond;
  const [rows = []] = await sql.read(
    [
      selectRecords({
        where,
        orderBy,
        limit: limit + 1,
        contentLimit: leastOf(query.contentLimit, shareOf(limit + 1, sql)),
      }),
    ],
    options,
  );
  const items = rows.slice(0, limit).map(toRecord);
  const last = items.at(-1);
  return {
    items,
    next: rows.length > limit && last ? `${timeOf(last.memory)}_${last.id}` : undefined,
  };
};

const leastOf = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

/** Whether SQLite collects all matches before it can sort them: there is no index that has them in the order of time. */
const isSorted = ({ tags = [], project, pinned, localOnly, stays, sourcePath }: MemoryFilter = {}): boolean =>
  tags.length > 0 ||
  project !== undefined ||
  pinned === true ||
  localOnly === true ||
  stays === true ||
  sourcePath !== undefined;

/** Sorts ids alone: the tags and marks of a record are read only of those that are answered. */
const firstOf = ({ sql, params }: Condition, orderBy: string, limit: number): Condition => ({
  sql: `m.id IN (SELECT m.id FROM memories m WHERE ${sql} ORDER BY ${orderBy} LIMIT ?)`,
  params: [...params, limit],
});

export const countMatching = async (
  sql: SqlDatabase,
  filter: MemoryFilter,
  options?: CallOptions,
): Promise<number> => {
  const { sql: where, params } = compileFilter(filter);
  const [rows] = await sql.read(
    [{ sql: `SELECT count(*) AS n FROM memories m WHERE ${where}`, params }],
    options,
  );
  return Number(rows?.[0]?.['n'] ?? 0);
};

/** One row of numbers about everything; cheap by indexes, except for the bytes, which read every row once. */
export const statsStatements = {
  counts: {
    sql: `SELECT (SELECT count(*) FROM memories) AS stored, (SELECT count(*) FROM memories WHERE deleted_at IS NOT NULL) AS deleted,
      (SELECT count(*) FROM em_info i JOIN memories m ON m.content_hash = i.content_hash WHERE i.pinned = 1 AND m.deleted_at IS NULL) AS pinned,
      (SELECT created_at FROM memories WHERE +deleted_at IS NULL ORDER BY created_at LIMIT 1) AS oldest,
      (SELECT created_at FROM memories WHERE +deleted_at IS NULL ORDER BY created_at DESC LIMIT 1) AS newest,
      (SELECT count(*) FROM em_embed_queue) AS pending`,
  },
  bytes: { sql: `SELECT sum(content_size) AS bytes FROM memories m WHERE +m.deleted_at IS NULL` },
  names: {
    sql: `SELECT coalesce(sum(substr(name, 1, 5) <> 'proj:'), 0) AS tags, coalesce(sum(substr(name, 1, 5) = 'proj:'), 0) AS projects
      FROM (${tagCounts()}) WHERE n > 0`,
  },
} as const satisfies Record<string, SqlStatement>;

/** The rows of `counts`, `bytes` and `names`, with what the database does not know. */
export const statsFrom = (
  [counts, bytes, names]: readonly (readonly SqlRow[])[],
  rest: Pick<MemoryStats, 'storageBytes' | 'mode'> & { readonly space: string; readonly embedded: number },
): MemoryStats => {
  const number = (rows: typeof counts, key: string) => Number(rows?.[0]?.[key] ?? 0);
  const time = (key: string) => (typeof counts?.[0]?.[key] === 'number' ? number(counts, key) : undefined);
  return {
    live: number(counts, 'stored') - number(counts, 'deleted'),
    deleted: number(counts, 'deleted'),
    pinned: number(counts, 'pinned'),
    tags: number(names, 'tags'),
    projects: number(names, 'projects'),
    contentBytes: number(bytes, 'bytes'),
    storageBytes: rest.storageBytes,
    oldest: time('oldest'),
    newest: time('newest'),
    embedding: { space: rest.space, embedded: rest.embedded, pending: number(counts, 'pending') },
    mode: rest.mode,
  };
};
