import type { Condition } from './filters.ts';
import type { JsonObject, Memory, MemorySource } from './memory.ts';
import type { SqlRow, SqlStatement, SqlValue } from './ports.ts';
import { utf8Length } from './text.ts';

/** Large content lies in the object store under this key, as mcp-memory-service names it. */
export const objectKeyOf = (contentHash: string): string => `content/${contentHash}.txt`;
/** What the record then holds in place of the content, character for character. */
export const placeholderFor = (key: string): string => `[R2 Content: ${key}]`;

/** What the record `m` itself knows of its content: of large content the beginning. */
export const knownText = `CASE WHEN m.r2_key IS NULL THEN m.content
  ELSE coalesce((SELECT excerpt FROM em_info WHERE content_hash = m.content_hash), '') END`;

/** The join is the truth about tags; the text beside it is only read for rows of versions that had no join. */
const columns = (
  part: (text: string) => string,
) => `m.id, m.content_hash, ${part('m.content')} AS content, m.memory_type, m.metadata_json,
  m.created_at, m.updated_at, m.deleted_at, m.content_size, m.r2_key, m.tags AS tags_text,
  (SELECT json_group_array(name) FROM (SELECT t.name FROM memory_tags mt JOIN tags t ON t.id = mt.tag_id
    WHERE mt.memory_id = m.id ORDER BY mt.rowid)) AS tags_joined,
  i.pinned, i.source_json, i.superseded_by, ${part('i.excerpt')} AS excerpt,
  coalesce(i.local_only, 0) OR EXISTS (SELECT 1 FROM em_projects p JOIN tags t ON t.name = 'proj:' || p.name
    JOIN memory_tags mt ON mt.tag_id = t.id AND mt.memory_id = m.id WHERE p.local_only = 1) AS local_only`;

const FROM = 'FROM memories m LEFT JOIN em_info i ON i.content_hash = m.content_hash';

export interface RecordQuery {
  readonly where: Condition;
  readonly orderBy?: string;
  readonly limit?: number;
  /** Characters of content to read. */
  readonly contentLimit?: number | undefined;
}

export const selectRecords = ({ where, orderBy, limit, contentLimit }: RecordQuery): SqlStatement => ({
  // Statements are kept prepared by their text, so every number is a parameter.
  sql: `SELECT ${columns((text) => (contentLimit === undefined ? text : `substr(${text}, 1, ?)`))} ${FROM} WHERE ${where.sql}
    ${orderBy === undefined ? '' : `ORDER BY ${orderBy}`} ${limit === undefined ? '' : 'LIMIT ?'}`,
  params: [
    ...(contentLimit === undefined ? [] : [contentLimit, contentLimit]),
    ...where.params,
    ...(limit === undefined ? [] : [limit]),
  ],
});

export const selectByHash = (contentHashes: readonly string[], contentLimit?: number): SqlStatement =>
  selectRecords({
    where: {
      sql: 'm.content_hash IN (SELECT value FROM json_each(?))',
      params: [JSON.stringify(contentHashes)],
    },
    contentLimit,
  });

const text = (value: SqlValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
const number = (value: SqlValue | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;

/** Another program may have written anything: what is no JSON object reads as an empty one. */
export const jsonObject = (value: SqlValue | undefined): JsonObject => {
  if (typeof value !== 'string') return {};
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as JsonObject)
      : {};
  } catch {
    return {};
  }
};

const tagsOf = (row: SqlRow): string[] => {
  const joined = JSON.parse(text(row['tags_joined']) ?? '[]') as string[];
  if (joined.length > 0) return joined;
  return [...new Set((text(row['tags_text']) ?? '').split(',').map((tag) => tag.trim()))].filter(
    (tag) => tag !== '',
  );
};

/** Undefined keys are left out, so that a source of nothing reads as none. */
const sourceOf = (value: SqlValue | undefined): MemorySource | undefined =>
  typeof value === 'string' ? jsonObject(value) : undefined;

/** The rowid, the memory, and the object that holds its content where the record does not. */
export interface MemoryRecord {
  readonly id: number;
  readonly memory: Memory;
  readonly objectKey: string | undefined;
  /** UTF-8 bytes of the content; 0 where the program that wrote it did not say. */
  readonly recordedSize: number;
}

export const toRecord = (row: SqlRow): MemoryRecord => {
  const objectKey = text(row['r2_key']);
  const stored = text(row['content']) ?? '';
  const content = objectKey === undefined ? stored : (text(row['excerpt']) ?? stored);
  const contentSize = number(row['content_size']) ?? 0;
  const createdAt = number(row['created_at']) ?? 0;
  return {
    id: number(row['id']) ?? 0,
    objectKey,
    recordedSize: contentSize,
    memory: {
      contentHash: text(row['content_hash']) ?? '',
      content,
      truncated: objectKey !== undefined || utf8Length(content) < contentSize,
      tags: tagsOf(row),
      memoryType: text(row['memory_type']),
      metadata: jsonObject(row['metadata_json']),
      createdAt,
      updatedAt: number(row['updated_at']) ?? createdAt,
      deletedAt: number(row['deleted_at']),
      contentSize: contentSize === 0 ? utf8Length(content) : contentSize,
      pinned: row['pinned'] === 1,
      localOnly: row['local_only'] === 1,
      source: sourceOf(row['source_json']),
      supersededBy: text(row['superseded_by']),
    },
  };
};

export const isoOf = (seconds: number): string => new Date(seconds * 1000).toISOString();
