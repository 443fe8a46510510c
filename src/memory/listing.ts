import { MemoryError } from './errors.ts';
import { compileFilter, type Condition } from './filters.ts';
import type { Facet, FacetKind, FacetQuery, ListQuery, MemoryFilter, Page } from './memory.ts';
import type { CallOptions, SqlDatabase, SqlRow, SqlStatement } from './ports.ts';
import { type MemoryRecord, selectRecords, toRecord } from './records.ts';

const DEFAULT_PAGE = 50;

const unusableCursor = (cursor: string) =>
  new MemoryError(
    'invalid-input',
    `“${cursor.slice(0, 40)}” is no place in a list.`,
    'Start again from the first page.',
  );

/** A place in a list is the creation time and row of its last item: rows that come or go do not shift it. */
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
  const where: Condition =
    query.after === undefined
      ? condition
      : {
          sql: `${condition.sql} AND (m.created_at, m.id) ${oldest ? '>' : '<'} (?, ?)`,
          params: [...condition.params, ...placeOf(query.after)],
        };
  const order = oldest ? 'ASC' : 'DESC';
  const [rows = []] = await sql.read(
    [
      selectRecords({
        where,
        orderBy: `m.created_at ${order}, m.id ${order}`,
        limit: limit + 1,
        contentLimit: query.contentLimit,
      }),
    ],
    options,
  );
  const items = rows.slice(0, limit).map(toRecord);
  const last = items.at(-1);
  return {
    items,
    next: rows.length > limit && last ? `${last.memory.createdAt}_${last.id}` : undefined,
  };
};

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

/**
 * How many live memories each tag has: all of the join, which one index answers, less the few deleted ones. Joining
 * each pair with its record took ten times as long. CROSS JOIN makes SQLite begin with the deleted ones.
 */
const tagCounts = `SELECT t.name, c.n - coalesce(d.n, 0) AS n FROM tags t
  JOIN (SELECT tag_id, count(*) AS n FROM memory_tags GROUP BY tag_id) c ON c.tag_id = t.id
  LEFT JOIN (SELECT mt.tag_id, count(*) AS n FROM memories m CROSS JOIN memory_tags mt ON mt.memory_id = m.id
    WHERE m.deleted_at IS NOT NULL GROUP BY mt.tag_id) d ON d.tag_id = t.id`;

const facetSource: Record<FacetKind, string> = {
  tags: `SELECT name, n FROM (${tagCounts}) WHERE substr(name, 1, 5) <> 'proj:'`,
  projects: `SELECT substr(name, 6) AS name, n FROM (${tagCounts}) WHERE substr(name, 1, 5) = 'proj:'`,
  types: `SELECT memory_type AS name, count(*) AS n FROM memories WHERE likely(deleted_at IS NULL) AND memory_type IS NOT NULL GROUP BY memory_type`,
};

export const facetPage = async (
  sql: SqlDatabase,
  kind: FacetKind,
  query: FacetQuery = {},
  options?: CallOptions,
): Promise<Page<Facet>> => {
  const limit = query.limit ?? DEFAULT_PAGE;
  const conditions = ['n > 0'];
  const params: (string | number)[] = [];
  if (query.prefix !== undefined) {
    // Not LIKE: D1 refuses patterns of more than 50 bytes, and % is a character here.
    conditions.push('substr(name, 1, CAST(? AS INTEGER)) = ?');
    params.push(Array.from(query.prefix).length, query.prefix);
  }
  if (query.after !== undefined) {
    const [count, name] = parseFacetCursor(query.after);
    conditions.push('(n < ? OR (n = ? AND name > ?))');
    params.push(count, count, name);
  }
  const statement: SqlStatement = {
    sql: `SELECT name, n FROM (${facetSource[kind]}) WHERE ${conditions.join(' AND ')} ORDER BY n DESC, name LIMIT ?`,
    params: [...params, limit + 1],
  };
  const [rows = []] = await sql.read([statement], options);
  const items = rows
    .slice(0, limit)
    .map((row: SqlRow) => ({ name: String(row['name']), count: Number(row['n']) }));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? `${last.count}_${last.name}` : undefined };
};

const parseFacetCursor = (cursor: string): [number, string] => {
  const match = /^(\d+)_([^]*)$/.exec(cursor);
  if (!match) throw unusableCursor(cursor);
  return [Number(match[1]), match[2] ?? ''];
};

/** One row of numbers about everything; cheap by indexes, except for the bytes, which read every row once. */
export const statsStatements: readonly SqlStatement[] = [
  {
    sql: `SELECT (SELECT count(*) FROM memories) AS stored, (SELECT count(*) FROM memories WHERE deleted_at IS NOT NULL) AS deleted,
      (SELECT count(*) FROM em_info i JOIN memories m ON m.content_hash = i.content_hash WHERE i.pinned = 1 AND m.deleted_at IS NULL) AS pinned,
      (SELECT created_at FROM memories WHERE +deleted_at IS NULL ORDER BY created_at LIMIT 1) AS oldest,
      (SELECT created_at FROM memories WHERE +deleted_at IS NULL ORDER BY created_at DESC LIMIT 1) AS newest,
      (SELECT count(*) FROM em_embed_queue) AS pending`,
  },
  { sql: `SELECT sum(content_size) AS bytes FROM memories m WHERE +m.deleted_at IS NULL` },
  {
    sql: `SELECT coalesce(sum(substr(name, 1, 5) <> 'proj:'), 0) AS tags, coalesce(sum(substr(name, 1, 5) = 'proj:'), 0) AS projects
      FROM (${tagCounts}) WHERE n > 0`,
  },
];
