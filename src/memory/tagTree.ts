import { DEFAULT_PAGE, nameCursor } from './cursors.ts';
import { beginsWith, placeAmongNames, tagCountsWithin } from './facets.ts';
import { compileFilter, type Condition, isOpen } from './filters.ts';
import type { MemoryFilter, Page, TagBranch, TagTreeQuery } from './memory.ts';
import type { CallOptions, SqlDatabase } from './ports.ts';

/** What parts the levels of a tag. */
const SEPARATOR = ':';

/** The levels that lead to a tag, topmost first: `a:b:c` → `a`, `a:b`, `a:b:c`. It parts where something stands on both sides. */
export const tagPath = (tag: string): string[] => {
  const path: string[] = [];
  for (let start = 0; ;) {
    const end = tag.indexOf(SEPARATOR, start);
    if (end <= start || end === tag.length - 1) return [...path, tag];
    path.push(tag.slice(0, end));
    start = end + 1;
  }
};

export const isBelow = (tag: string, ancestor: string): boolean => tag.startsWith(ancestor + SEPARATOR);

/**
 * One level: tags are grouped by their name up to the next separator. A memory with several tags of a group counts
 * once; only groups of several tags need to look at the memories for that.
 */
export const tagTreePage = async (
  sql: SqlDatabase,
  { parent, limit = DEFAULT_PAGE, after, order = 'count', filter }: TagTreeQuery = {},
  options?: CallOptions,
): Promise<Page<TagBranch>> => {
  const prefix = parent === undefined ? '' : parent + SEPARATOR;
  const counts = tagCountsWithin(filter);
  const begins = beginsWith(prefix);
  const matching = memoriesWithin(filter);
  const place = placeAmongNames(order, after);
  const length = Array.from(prefix).length;
  const statement = {
    sql: `WITH tagged AS MATERIALIZED (SELECT name, id, n, substr(name, CAST(? AS INTEGER)) AS rest FROM (${counts.sql})
        WHERE n > 0 AND substr(name, 1, 5) <> 'proj:' AND ${begins.sql}),
      split AS MATERIALIZED (SELECT id, n, rest, CASE WHEN instr(rest, ':') > 1 AND instr(rest, ':') < length(rest)
        THEN substr(rest, 1, instr(rest, ':') - 1) ELSE rest END AS level FROM tagged WHERE rest <> ''),
      levels AS MATERIALIZED (SELECT level, sum(n) AS n, sum(CASE WHEN rest = level THEN n ELSE 0 END) AS own,
        sum(rest <> level) AS below, count(*) AS tags FROM split GROUP BY level)
      SELECT name, n, own, below FROM (SELECT ? || l.level AS name, l.own, l.below, CASE WHEN l.tags = 1 THEN l.n ELSE
        (SELECT count(DISTINCT mt.memory_id) FROM split s CROSS JOIN memory_tags mt ON mt.tag_id = s.id
          WHERE s.level = l.level AND ${matching.sql}) END AS n FROM levels l)
      WHERE ${place.where.sql} ORDER BY ${place.orderBy} LIMIT ?`,
    params: [
      length + 1,
      ...counts.params,
      ...begins.params,
      prefix,
      ...matching.params,
      ...place.where.params,
      limit + 1,
    ],
  };
  const [rows = []] = await sql.read([statement], options);
  const items = rows.slice(0, limit).map((row) => ({
    name: String(row['name']),
    count: Number(row['n']),
    own: Number(row['own']),
    below: Number(row['below']),
  }));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? nameCursor(last) : undefined };
};

/** A condition on `memory_tags mt`; that nothing but the few deleted ones is left out needs no look at each record. */
const memoriesWithin = (filter: MemoryFilter | undefined): Condition => {
  if (isOpen(filter))
    return {
      sql: 'mt.memory_id NOT IN (SELECT id FROM memories WHERE deleted_at IS NOT NULL)',
      params: [],
    };
  const { sql, params } = compileFilter(filter);
  return { sql: `mt.memory_id IN (SELECT m.id FROM memories m WHERE ${sql})`, params };
};
