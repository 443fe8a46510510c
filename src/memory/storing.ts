import { contentHashOf } from './contentHash.ts';
import type { Condition } from './filters.ts';
import type { NewMemory, StoreOutcome } from './memory.ts';
import type { SqlRow, SqlStatement } from './ports.ts';
import { normaliseProject, projectTag } from './projects.ts';
import { isoOf, objectKeyOf, placeholderFor } from './records.ts';
import { normaliseTags } from './tags.ts';
import { beginningOf, checkContent, metadataJson, utf8Length } from './text.ts';

const json = JSON.stringify;

/** Of large content, how much keyword search knows and how much lists show. UTF-16 code units. */
const INDEXED_PART = 64 * 1024;
const EXCERPT = 4 * 1024;

/** A checked memory, ready to be written. */
export interface PreparedMemory {
  readonly contentHash: string;
  readonly content: string;
  readonly contentSize: number;
  /** Where the content goes when it is too large for a row. */
  readonly objectKey: string | undefined;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly source: NewMemory;
}

/** D1 takes 2,000,000 bytes a value; the JSON around each content is escaped. */
const MAX_BATCH_BYTES = 1_900_000;
/** `\u0001` */
const LONGEST_ESCAPE = 6;

const fitsIntoBatch = (content: string): boolean =>
  content.length * LONGEST_ESCAPE <= MAX_BATCH_BYTES || utf8Length(json(content)) <= MAX_BATCH_BYTES;

/** Checks one memory and computes its identity. Throws a `MemoryError`; `largeContent` is in UTF-8 bytes. */
export const prepare = (memory: NewMemory, now: number, largeContent: number): PreparedMemory => {
  checkContent(memory.content);
  if (memory.metadata) metadataJson(memory.metadata);
  const contentHash = contentHashOf(memory.content);
  const contentSize = utf8Length(memory.content);
  const project = memory.project === undefined ? [] : [projectTag(normaliseProject(memory.project))];
  return {
    contentHash,
    content: memory.content,
    contentSize,
    objectKey:
      contentSize > largeContent || !fitsIntoBatch(memory.content) ? objectKeyOf(contentHash) : undefined,
    tags: normaliseTags([...(memory.tags ?? []), ...project]),
    createdAt: memory.createdAt ?? now,
    source: memory,
  };
};

const IN_HASHES = 'content_hash IN (SELECT value FROM json_each(?))';

const recordOf = (memory: PreparedMemory, now: number) => ({
  h: memory.contentHash,
  c: memory.objectKey === undefined ? memory.content : placeholderFor(memory.objectKey),
  y: memory.source.memoryType ?? null,
  t: memory.createdAt,
  i: isoOf(memory.createdAt),
  u: now,
  v: isoOf(now),
  m: metadataJson(memory.source.metadata ?? {}),
  s: memory.contentSize,
  r: memory.objectKey ?? null,
  g: memory.tags.join(','),
});

const upsertRecords = (memories: readonly PreparedMemory[], now: number): SqlStatement => ({
  // ORDER BY key: of two with the same content the later one is merged into the earlier one.
  sql: `INSERT INTO memories (content_hash, vector_id, content, memory_type, created_at, created_at_iso, updated_at,
      updated_at_iso, metadata_json, content_size, r2_key, tags)
    SELECT value->>'h', value->>'h', value->>'c', value->>'y', value->>'t', value->>'i', value->>'u', value->>'v', value->>'m',
      CAST(value->>'s' AS INTEGER), value->>'r', value->>'g' FROM json_each(?) WHERE true ORDER BY key
    ON CONFLICT (content_hash) DO UPDATE SET
      content = excluded.content, content_size = excluded.content_size, r2_key = excluded.r2_key,
      vector_id = excluded.vector_id,
      memory_type = coalesce(excluded.memory_type, CASE WHEN deleted_at IS NULL THEN memory_type END),
      created_at = CASE WHEN deleted_at IS NULL THEN created_at ELSE excluded.created_at END,
      created_at_iso = CASE WHEN deleted_at IS NULL THEN created_at_iso ELSE excluded.created_at_iso END,
      updated_at = excluded.updated_at, updated_at_iso = excluded.updated_at_iso,
      metadata_json = CASE WHEN deleted_at IS NOT NULL OR metadata_json = excluded.metadata_json THEN excluded.metadata_json
        ELSE json_patch(CASE WHEN json_valid(metadata_json) THEN metadata_json ELSE '{}' END, excluded.metadata_json) END,
      tags = CASE WHEN deleted_at IS NULL THEN tags ELSE excluded.tags END,
      deleted_at = NULL`,
  params: [json(memories.map((memory) => recordOf(memory, now)))],
});

const tagPairs = ({ contentHash, tags }: PreparedMemory) => tags.map((tag) => [contentHash, tag] as const);

/** Adds tags to live memories; `pairs` are `[hash, tag]`. */
export const addTags = (pairs: readonly (readonly [string, string])[]): SqlStatement[] => {
  if (pairs.length === 0) return [];
  const params = [json(pairs)];
  return [
    {
      sql: `INSERT INTO tags (name) SELECT DISTINCT j.value->>1 FROM json_each(?) j
        JOIN memories m ON m.content_hash = j.value->>0 AND m.deleted_at IS NULL WHERE true ON CONFLICT (name) DO NOTHING`,
      params,
    },
    {
      sql: `INSERT INTO memory_tags (memory_id, tag_id)
        SELECT m.id, t.id FROM json_each(?) j JOIN memories m ON m.content_hash = j.value->>0 AND m.deleted_at IS NULL
        JOIN tags t ON t.name = j.value->>1 WHERE true ORDER BY j.key ON CONFLICT DO NOTHING`,
      params,
    },
  ];
};

/** Makes the tags' text, which mcp-memory-service reads too, agree with the join. Writes only rows that differ. */
export const alignTagsText = (contentHashes?: readonly string[]): SqlStatement => {
  const joined = `coalesce((SELECT group_concat(name, ',') FROM (SELECT t.name FROM memory_tags mt
    JOIN tags t ON t.id = mt.tag_id WHERE mt.memory_id = memories.id ORDER BY mt.rowid)), '')`;
  return {
    sql: `UPDATE memories SET tags = ${joined} WHERE ${contentHashes ? `${IN_HASHES} AND` : ''} tags IS NOT ${joined}`,
    params: contentHashes ? [json(contentHashes)] : [],
  };
};

/** Tags that stand in the text alone, as a program that broke off leaves them: of memories without any in the join. */
const textOnlyTags = `SELECT m.id, trim(j.value) AS name, j.key AS place
  FROM memories m, json_each('[' || replace(json_quote(m.tags), ',', '","') || ']') j
  WHERE m.tags <> '' AND trim(j.value) <> '' AND NOT EXISTS (SELECT 1 FROM memory_tags mt WHERE mt.memory_id = m.id)`;

/** Puts them into the join. */
export const adoptTagsText: readonly SqlStatement[] = [
  {
    sql: `INSERT INTO tags (name) SELECT DISTINCT name FROM (${textOnlyTags}) WHERE true ON CONFLICT (name) DO NOTHING`,
  },
  {
    sql: `INSERT INTO memory_tags (memory_id, tag_id) SELECT x.id, t.id FROM (${textOnlyTags}) x JOIN tags t ON t.name = x.name
      WHERE true ORDER BY x.id, x.place ON CONFLICT DO NOTHING`,
  },
];

export const dropUnusedTags: SqlStatement = {
  sql: 'DELETE FROM tags WHERE NOT EXISTS (SELECT 1 FROM memory_tags mt WHERE mt.tag_id = tags.id)',
};

/**
 * Takes tags and marks from deleted memories, so that a revived one has none of them, and tags that no other one has:
 * all that, if a condition is given, only where it holds.
 */
export const forgetDeleted = (
  contentHashes: readonly string[],
  where: Condition = { sql: 'true', params: [] },
): SqlStatement[] => {
  const deleted = (column: string) =>
    `SELECT ${column} FROM memories WHERE deleted_at IS NOT NULL AND ${IN_HASHES} AND ${where.sql}`;
  const params = [json(contentHashes), ...where.params];
  return [
    {
      sql: `DELETE FROM tags WHERE id IN (SELECT tag_id FROM memory_tags WHERE memory_id IN (${deleted('id')}))
        AND NOT EXISTS (SELECT 1 FROM memory_tags mt WHERE mt.tag_id = tags.id AND mt.memory_id NOT IN (${deleted('id')}))`,
      params: [...params, ...params],
    },
    { sql: `DELETE FROM memory_tags WHERE memory_id IN (${deleted('id')})`, params },
    { sql: `DELETE FROM em_info WHERE content_hash IN (${deleted('content_hash')})`, params },
  ];
};

const upsertInfo = (memories: readonly PreparedMemory[]): SqlStatement[] => {
  const rows = memories.flatMap((memory) => {
    const { pinned, localOnly, source } = memory.source;
    if (!pinned && !localOnly && source === undefined) return [];
    return [
      { h: memory.contentHash, p: pinned ? 1 : 0, l: localOnly ? 1 : 0, s: source ? json(source) : null },
    ];
  });
  if (rows.length === 0) return [];
  return [
    {
      sql: `INSERT INTO em_info (content_hash, pinned, local_only, source_json)
        SELECT value->>'h', CAST(value->>'p' AS INTEGER), CAST(value->>'l' AS INTEGER), value->>'s'
        FROM json_each(?) WHERE true ORDER BY key
        ON CONFLICT (content_hash) DO UPDATE SET pinned = max(pinned, excluded.pinned), local_only = max(local_only, excluded.local_only),
          source_json = coalesce(excluded.source_json, source_json)`,
      params: [json(rows)],
    },
  ];
};

/** Marks what the new memories replace. */
export const supersede = (pairs: readonly { old: string; by: string }[], now: number): SqlStatement[] => {
  const real = pairs.filter(({ old, by }) => old !== by);
  if (real.length === 0) return [];
  const params = [json(real)];
  return [
    {
      sql: `INSERT INTO em_info (content_hash, superseded_by) SELECT value->>'old', value->>'by' FROM json_each(?)
        WHERE value->>'old' IN (SELECT content_hash FROM memories)
        ON CONFLICT (content_hash) DO UPDATE SET superseded_by = excluded.superseded_by`,
      params,
    },
    {
      sql: `INSERT INTO em_lineage (content_hash, replaced_by, reason, at)
        SELECT value->>'old', value->>'by', 'superseded', ? FROM json_each(?)
        WHERE value->>'old' IN (SELECT content_hash FROM memories) ON CONFLICT DO NOTHING`,
      params: [now, ...params],
    },
  ];
};

/** Large content lies elsewhere: its first part stays findable by keyword, and its beginning is shown in lists. */
export const keepLargeContentFindable = (
  memories: readonly { contentHash: string; content: string }[],
  fullText: boolean,
): SqlStatement[] =>
  memories.flatMap(({ contentHash, content }) => {
    const part = beginningOf(content, INDEXED_PART);
    const replaceIn = (table: string) => [
      {
        sql: `DELETE FROM ${table} WHERE rowid = (SELECT id FROM memories WHERE content_hash = ?)`,
        params: [contentHash],
      },
      {
        sql: `INSERT INTO ${table} (rowid, body) SELECT id, ? FROM memories WHERE content_hash = ?`,
        params: [part, contentHash],
      },
    ];
    return [
      {
        sql: `INSERT INTO em_info (content_hash, excerpt) SELECT content_hash, ? FROM memories WHERE content_hash = ?
          ON CONFLICT (content_hash) DO UPDATE SET excerpt = excluded.excerpt`,
        params: [beginningOf(content, EXCERPT), contentHash],
      },
      ...(fullText ? [...replaceIn('em_words'), ...replaceIn('em_trigrams')] : []),
    ];
  });

/** Puts live memories in line for their vector. */
export const enqueueEmbedding = (contentHashes: readonly string[]): SqlStatement => ({
  sql: `INSERT INTO em_embed_queue (content_hash, size) SELECT content_hash, content_size FROM memories
    WHERE ${IN_HASHES} AND deleted_at IS NULL ON CONFLICT (content_hash) DO NOTHING`,
  params: [json(contentHashes)],
});

/** The same for those that an SQL condition on the table tells. */
export const enqueueLive = (condition: string): SqlStatement => ({
  sql: `INSERT INTO em_embed_queue (content_hash, size) SELECT content_hash, content_size FROM memories
    WHERE deleted_at IS NULL AND ${condition} ON CONFLICT (content_hash) DO NOTHING`,
});

/** The same before the records are written: what is known and live has its vector, or waits for it already. */
const enqueueNew = (memories: readonly PreparedMemory[]): SqlStatement => ({
  sql: `INSERT INTO em_embed_queue (content_hash, size) SELECT j.value->>0, CAST(j.value->>1 AS INTEGER) FROM json_each(?) j
    LEFT JOIN memories m ON m.content_hash = j.value->>0 WHERE m.id IS NULL OR m.deleted_at IS NOT NULL
    ON CONFLICT (content_hash) DO NOTHING`,
  params: [json(memories.map(({ contentHash, contentSize }) => [contentHash, contentSize]))],
});

export interface StoreBatch {
  /** The first statement answers what was there before: read the outcomes from its rows. */
  readonly statements: SqlStatement[];
  outcomesFrom(before: readonly SqlRow[]): StoreOutcome[];
  /** Keys of objects that held the content of a memory whose newer text lies in its row. */
  abandonedObjects(before: readonly SqlRow[]): string[];
}

/** One transaction that stores all of `memories`. Safe to repeat: the same content merges with itself. */
export const storeBatch = (
  memories: readonly PreparedMemory[],
  now: number,
  { fullText, remote, embedLater }: { fullText: boolean; remote: boolean; embedLater: boolean },
): StoreBatch => {
  const hashes = [...new Set(memories.map(({ contentHash }) => contentHash))];
  return {
    statements: [
      {
        sql: `SELECT content_hash, deleted_at IS NOT NULL AS deleted, created_at, updated_at, r2_key FROM memories WHERE ${IN_HASHES}`,
        params: [json(hashes)],
      },
      ...forgetDeleted(hashes),
      ...(embedLater ? [enqueueNew(memories)] : []),
      upsertRecords(memories, now),
      ...addTags(memories.flatMap(tagPairs)),
      alignTagsText(hashes),
      ...upsertInfo(memories),
      ...supersede(
        memories.flatMap(({ contentHash, source }) =>
          source.supersedes === undefined ? [] : [{ old: source.supersedes, by: contentHash }],
        ),
        now,
      ),
      ...keepLargeContentFindable(
        memories.filter(({ objectKey }) => objectKey !== undefined),
        fullText,
      ),
    ],
    outcomesFrom(before) {
      const rows = new Map(before.map((row) => [row['content_hash'], row]));
      const seen = new Set<string>();
      return memories.map(({ contentHash, createdAt }) => {
        const row = rows.get(contentHash);
        if (seen.has(contentHash)) return 'merged';
        seen.add(contentHash);
        // Over a network the answer was lost and the batch repeated: that the record is there is its own doing. Near by,
        // it is another store in the same millisecond.
        const isOwn = remote && row?.['updated_at'] === now && row['created_at'] === createdAt;
        if (row === undefined || isOwn) return 'stored';
        return row['deleted'] === 1 ? 'revived' : 'merged';
      });
    },
    abandonedObjects(before) {
      const kept = new Map(memories.map(({ contentHash, objectKey }) => [contentHash, objectKey]));
      return before.flatMap(({ content_hash: hash, r2_key: key }) =>
        typeof key === 'string' && kept.get(String(hash)) !== key ? [key] : [],
      );
    },
  };
};

const MAX_BATCH_ITEMS = 1000;
/** What a record takes in JSON beside its content, tags and metadata. */
const RECORD_OVERHEAD = 400;

/** Cuts a long list into transactions. */
export const groupForStore = (memories: readonly PreparedMemory[]): PreparedMemory[][] => {
  const groups: PreparedMemory[][] = [];
  let bytes = Infinity;
  for (const memory of memories) {
    const sent = [recordOf(memory, 0), tagPairs(memory), memory.source.source];
    const own = utf8Length(json(sent)) + RECORD_OVERHEAD;
    const current = groups.at(-1);
    if (current === undefined || bytes + own > MAX_BATCH_BYTES || current.length >= MAX_BATCH_ITEMS) {
      groups.push([memory]);
      bytes = own;
    } else {
      current.push(memory);
      bytes += own;
    }
  }
  return groups;
};
