import { MemoryError } from './errors.ts';
import type { MemoryFilter } from './memory.ts';
import type { SqlStatement, SqlValue } from './ports.ts';
import { normaliseProject, projectTag } from './projects.ts';
import { SOURCE_PATH } from './schema.ts';
import { normaliseTag } from './tags.ts';

/** A condition on `memories m`. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

const and = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.map(({ sql }) => sql).join(' AND '),
  params: conditions.flatMap(({ params }) => params),
});

const tagged = (tags: readonly string[], all: boolean): Condition => ({
  // CROSS JOIN: from the tags to their memories, never through all pairs.
  sql: `m.id IN (SELECT mt.memory_id FROM tags t CROSS JOIN memory_tags mt ON mt.tag_id = t.id
    WHERE t.name IN (SELECT value FROM json_each(?)) GROUP BY mt.memory_id HAVING count(*) >= ?)`,
  params: [JSON.stringify(tags), all ? tags.length : 1],
});

const marked = (column: 'pinned' | 'local_only', is: boolean): Condition => ({
  sql: `m.content_hash ${is ? '' : 'NOT '}IN (SELECT content_hash FROM em_info WHERE ${column} = 1)`,
  params: [],
});

const staying: Condition = {
  sql: `(m.content_hash IN (SELECT content_hash FROM em_info WHERE local_only = 1)
    OR m.id IN (SELECT mt.memory_id FROM em_projects p CROSS JOIN tags t ON t.name = 'proj:' || p.name
      CROSS JOIN memory_tags mt ON mt.tag_id = t.id WHERE p.local_only = 1))`,
  params: [],
};

/**
 * `+` keeps SQLite from choosing the index on deleted_at, which nearly every row has in common: it would then sort
 * all of them for a page of 50. With a type, `likely` does the same and leaves it the partial index on the type.
 */
const liveness = (filter: MemoryFilter): Condition => {
  if (filter.state === 'deleted') return { sql: 'm.deleted_at IS NOT NULL', params: [] };
  return {
    sql: filter.memoryType === undefined ? '+m.deleted_at IS NULL' : 'likely(m.deleted_at IS NULL)',
    params: [],
  };
};

/** An edit deletes the version before it at the moment that its lineage tells. */
const REPLACED = `EXISTS (SELECT 1 FROM em_lineage l
  WHERE l.content_hash = m.content_hash AND l.reason = 'edited' AND l.at = m.deleted_at)`;

const tagOf = (text: string): string => {
  const tag = normaliseTag(text);
  if (tag === undefined)
    throw new MemoryError('invalid-input', 'A tag to filter by is empty.', 'Leave it out or name one.');
  return tag;
};

/** The SQL of a filter; throws where it can't be meant. */
export const compileFilter = (filter: MemoryFilter = {}): Condition => {
  const conditions: Condition[] = [liveness(filter)];
  const tags = [...new Set((filter.tags ?? []).map(tagOf))];
  if (tags.length > 0) conditions.push(tagged(tags, filter.tagMatch === 'all'));
  if (filter.project !== undefined)
    conditions.push(tagged([projectTag(normaliseProject(filter.project))], true));
  if (filter.memoryType !== undefined)
    conditions.push({ sql: 'm.memory_type = ?', params: [filter.memoryType] });
  const { from, to } = filter.time ?? {};
  if (from !== undefined && to !== undefined && from >= to)
    throw new MemoryError('invalid-input', 'The time range ends before it begins.', 'Swap its two ends.');
  if (from !== undefined) conditions.push({ sql: 'm.created_at >= ?', params: [from] });
  if (to !== undefined) conditions.push({ sql: 'm.created_at < ?', params: [to] });
  if (filter.pinned !== undefined) conditions.push(marked('pinned', filter.pinned));
  if (filter.localOnly !== undefined) conditions.push(marked('local_only', filter.localOnly));
  if (filter.replaced !== undefined)
    conditions.push({ sql: `${filter.replaced ? '' : 'NOT '}${REPLACED}`, params: [] });
  if (filter.stays) conditions.push(staying);
  if (filter.sourcePath !== undefined)
    conditions.push({
      sql: `m.content_hash IN (SELECT content_hash FROM em_info WHERE ${SOURCE_PATH} = ?)`,
      params: [filter.sourcePath],
    });
  if (filter.fromFile !== undefined)
    conditions.push({
      sql: `m.content_hash ${filter.fromFile ? '' : 'NOT '}IN (SELECT content_hash FROM em_info WHERE ${SOURCE_PATH} IS NOT NULL)`,
      params: [],
    });
  return and(conditions);
};

/** True where the filter leaves out nothing but deleted memories. */
export const isOpen = (filter: MemoryFilter = {}): boolean =>
  Object.entries(filter).every(
    ([key, value]) =>
      value === undefined ||
      (key === 'state' && value === 'live') ||
      key === 'tagMatch' ||
      (Array.isArray(value) && value.length === 0),
  );

export const selectIds = (condition: Condition): SqlStatement => ({
  sql: `SELECT m.id FROM memories m WHERE ${condition.sql}`,
  params: condition.params,
});
