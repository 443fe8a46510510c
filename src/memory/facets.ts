import { DEFAULT_PAGE, nameCursor, parseNameCursor } from './cursors.ts';
import { compileFilter, type Condition, isOpen } from './filters.ts';
import type { Facet, FacetKind, FacetQuery, MemoryFilter, Page } from './memory.ts';
import type { CallOptions, SqlDatabase, SqlRow, SqlStatement } from './ports.ts';
import { projectTag } from './projects.ts';

/** Conditions on `tags t` that its index on names answers. */
export const IS_PROJECT = `t.name >= 'proj:' AND t.name < 'proj;'`;
export const IS_PLAIN_TAG = `NOT (${IS_PROJECT})`;

/**
 * Rows of (name, id, n): how many live memories each tag has. All of its pairs, which one index answers, less those of
 * the few deleted memories: joining each pair with its record took ten times as long. CROSS JOIN makes SQLite begin
 * with the deleted ones. To be read once (MATERIALIZED), since each use of `n` counts again.
 */
export const tagCounts = (condition = 'true'): string => `SELECT t.name, t.id,
    (SELECT count(*) FROM memory_tags mt WHERE mt.tag_id = t.id) - coalesce(d.n, 0) AS n FROM tags t
  LEFT JOIN (SELECT mt.tag_id, count(*) AS n FROM memories m CROSS JOIN memory_tags mt ON mt.memory_id = m.id
    WHERE m.deleted_at IS NOT NULL GROUP BY mt.tag_id) d ON d.tag_id = t.id WHERE ${condition}`;

/** Rows of (name, id, n): each such tag with how many of the matching memories have it. */
export const tagCountsWithin = (filter: MemoryFilter | undefined, condition: string): Condition => {
  if (isOpen(filter)) return { sql: tagCounts(condition), params: [] };
  const { sql, params } = compileFilter(filter);
  return {
    sql: `SELECT t.name, t.id, count(*) AS n FROM memories m CROSS JOIN memory_tags mt ON mt.memory_id = m.id
      CROSS JOIN tags t ON t.id = mt.tag_id WHERE ${sql} AND ${condition} GROUP BY t.id`,
    params,
  };
};

const typeCountsWithin = (filter: MemoryFilter | undefined): Condition => {
  const { sql, params } = isOpen(filter)
    ? { sql: 'likely(m.deleted_at IS NULL)', params: [] }
    : compileFilter(filter);
  return {
    sql: `SELECT m.memory_type AS name, count(*) AS n FROM memories m WHERE ${sql} AND m.memory_type IS NOT NULL GROUP BY m.memory_type`,
    params,
  };
};

const countsOf = (kind: FacetKind, filter: MemoryFilter | undefined): Condition => {
  if (kind === 'types') return typeCountsWithin(filter);
  const { sql, params } = tagCountsWithin(filter, kind === 'tags' ? IS_PLAIN_TAG : IS_PROJECT);
  return { sql: kind === 'tags' ? sql : `SELECT substr(name, 6) AS name, n FROM (${sql})`, params };
};

/** What follows `after` in the order asked, of rows with (name, n). */
export const placeAmongNames = (
  order: 'count' | 'name',
  after: string | undefined,
): { readonly where: Condition; readonly orderBy: string } => {
  const orderBy = order === 'name' ? 'name' : 'n DESC, name';
  if (after === undefined) return { where: { sql: 'n > 0', params: [] }, orderBy };
  const [count, name] = parseNameCursor(after);
  return {
    orderBy,
    where:
      order === 'name'
        ? { sql: 'n > 0 AND name > ?', params: [name] }
        : { sql: 'n > 0 AND (n < ? OR (n = ? AND name > ?))', params: [count, count, name] },
  };
};

/** The beginning of a name, compared by characters: D1 refuses LIKE patterns of more than 50 bytes, and `%` is a character here. */
export const beginsWith = (prefix: string): Condition => ({
  sql: 'substr(name, 1, CAST(? AS INTEGER)) = ?',
  params: [Array.from(prefix).length, prefix],
});

/** Tags or projects by name, one count after the other: the first names are there without counting all. */
const statementByName = (
  kind: Exclude<FacetKind, 'types'>,
  { limit = DEFAULT_PAGE, prefix = '', after }: FacetQuery,
): SqlStatement => {
  const scheme = kind === 'projects' ? projectTag('') : '';
  const begins = beginsWith(scheme + prefix);
  return {
    sql: `SELECT substr(t.name, ${scheme.length + 1}) AS name, (SELECT count(*) FROM memory_tags mt WHERE mt.tag_id = t.id
        AND mt.memory_id NOT IN (SELECT id FROM memories WHERE deleted_at IS NOT NULL)) AS n
      FROM tags t WHERE ${kind === 'projects' ? IS_PROJECT : IS_PLAIN_TAG} AND ${begins.sql} AND t.name > ? AND n > 0
      ORDER BY t.name LIMIT ?`,
    params: [...begins.params, after === undefined ? '' : scheme + parseNameCursor(after)[1], limit + 1],
  };
};

/** Answers one row more than the limit where there are more. */
export const facetStatement = (kind: FacetKind, query: FacetQuery = {}): SqlStatement => {
  const { limit = DEFAULT_PAGE, prefix, after, order = 'count', filter } = query;
  if (kind !== 'types' && order === 'name' && isOpen(filter)) return statementByName(kind, query);
  const counts = countsOf(kind, filter);
  const { where, orderBy } = placeAmongNames(order, after);
  const begins = prefix === undefined ? { sql: 'true', params: [] } : beginsWith(prefix);
  return {
    sql: `WITH counts AS MATERIALIZED (${counts.sql}) SELECT name, n FROM counts WHERE ${where.sql} AND ${begins.sql} ORDER BY ${orderBy} LIMIT ?`,
    params: [...counts.params, ...where.params, ...begins.params, limit + 1],
  };
};

export const toFacets = (rows: readonly SqlRow[]): Facet[] =>
  rows.map((row) => ({ name: String(row['name']), count: Number(row['n']) }));

export const facetPage = async (
  sql: SqlDatabase,
  kind: FacetKind,
  query: FacetQuery = {},
  options?: CallOptions,
): Promise<Page<Facet>> => {
  const { limit = DEFAULT_PAGE } = query;
  const [rows = []] = await sql.read([facetStatement(kind, query)], options);
  const items = toFacets(rows.slice(0, limit));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? nameCursor(last) : undefined };
};
