import { DEFAULT_PAGE, nameCursor } from './cursors.ts';
import { beginsWith, IS_PLAIN_TAG, placeAmongNames, tagCountsWithin } from './facets.ts';
import { compileFilter, type Condition, isOpen } from './filters.ts';
import type { MemoryFilter, Page, TagBranch, TagTreeQuery } from './memory.ts';
import type { CallOptions, SqlDatabase } from './ports.ts';

/** Pairs of a memory and a tag in one level up to which each memory is counted once; more would hold up every search. */
const COUNTED_ONCE = 50_000;

/** What parts the levels of a tag. */
const SEPARATOR = ':';
/** The next character: between the two stand the names below a tag, and no others. */
const AFTER_SEPARATOR = ';';

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
 * once; only groups of several tags need to look at the memories for that, and in very large levels none does.
 */
export const tagTreePage = async (
  sql: SqlDatabase,
  { parent, limit = DEFAULT_PAGE, after, order = 'count', filter }: TagTreeQuery = {},
  options?: CallOptions,
): Promise<Page<TagBranch>> => {
  const prefix = parent === undefined ? '' : parent + SEPARATOR;
  const counts =
    parent !== undefined && isOpen(filter) ? tagCountsBelow(parent) : tagCountsWithin(filter, IS_PLAIN_TAG);
  const begins = beginsWith(prefix);
  const matching = memoriesWithin(filter);
  const place = placeAmongNames(order, after);
  const length = Array.from(prefix).length;
  const statement = {
    sql: `WITH tagged AS MATERIALIZED (SELECT id, n, substr(name, CAST(? AS INTEGER)) AS rest,
        instr(substr(name, CAST(? AS INTEGER)), ':') AS at FROM (${counts.sql}) WHERE ${begins.sql}),
      split AS (SELECT id, n, rest, CASE WHEN at > 1 AND at < length(rest) THEN substr(rest, 1, at - 1) ELSE rest END AS level
        FROM tagged WHERE n > 0 AND rest <> ''),
      levels AS MATERIALIZED (SELECT level, sum(n) AS n, sum(CASE WHEN rest = level THEN n ELSE 0 END) AS own,
        sum(rest <> level) AS below, count(*) AS tags FROM split GROUP BY level),
      once AS MATERIALIZED (SELECT s.level, count(DISTINCT mt.memory_id) AS n FROM split s CROSS JOIN memory_tags mt ON mt.tag_id = s.id
        WHERE (SELECT sum(n) FROM levels WHERE tags > 1) <= ${COUNTED_ONCE}
          AND s.level IN (SELECT level FROM levels WHERE tags > 1) AND ${matching.sql} GROUP BY s.level)
      SELECT name, n, own, below, most FROM (SELECT ? || l.level AS name, l.own, l.below, l.tags > 1 AND o.n IS NULL AS most,
        coalesce(o.n, min(l.n, (SELECT max(id) FROM memories))) AS n FROM levels l LEFT JOIN once o ON o.level = l.level)
      WHERE ${place.where.sql} ORDER BY ${place.orderBy} LIMIT ?`,
    params: [
      length + 1,
      length + 1,
      ...counts.params,
      ...begins.params,
      ...matching.params,
      prefix,
      ...place.where.params,
      limit + 1,
    ],
  };
  const [rows = []] = await sql.read([statement], options);
  const items = rows.slice(0, limit).map((row) => ({
    name: String(row['name']),
    count: Number(row['n']),
    atMost: row['most'] === 1,
    own: Number(row['own']),
    below: Number(row['below']),
  }));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? nameCursor(last) : undefined };
};

/** Rows of (name, id, n) of the tags below one: they stand together in the index on names, so that no others are counted. */
const tagCountsBelow = (parent: string): Condition => ({
  sql: `SELECT t.name, t.id, (SELECT count(*) FROM memory_tags mt WHERE mt.tag_id = t.id
      AND mt.memory_id NOT IN (SELECT id FROM memories WHERE deleted_at IS NOT NULL)) AS n
    FROM tags t WHERE t.name > ? AND t.name < ?`,
  params: [parent + SEPARATOR, parent + AFTER_SEPARATOR],
});

/** A condition on `memory_tags mt`; that nothing but the few deleted ones is left out needs no look at each record. */
const memoriesWithin = (filter: MemoryFilter | undefined): Condition => {
  if (isOpen(filter))
    return {
      sql: 'mt.memory_id NOT IN (SELECT id FROM memories WHERE deleted_at IS NOT NULL)',
      params: [],
    };
  const { sql, params } = compileFilter(filter);
  // `+`: else SQLite seeks every pair of a tag and a memory.
  return { sql: `+mt.memory_id IN (SELECT m.id FROM memories m WHERE ${sql})`, params };
};
