import { contentHashOf } from './contentHash.ts';
import type { MemoryPatch } from './memory.ts';
import type { SqlStatement } from './ports.ts';
import { normaliseProject, projectTag } from './projects.ts';
import { isoOf, objectKeyOf, placeholderFor } from './records.ts';
import {
  addTags,
  alignTagsText,
  dropUnusedTags,
  enqueueEmbedding,
  forgetDeleted,
  keepLargeContentFindable,
} from './storing.ts';
import { normaliseTags } from './tags.ts';
import { checkContent, metadataJson, utf8Length } from './text.ts';

const LIVE = 'content_hash = ? AND deleted_at IS NULL';
const WHILE_LIVE = `EXISTS (SELECT 1 FROM memories WHERE ${LIVE})`;

/** The content of a patch with its identity. */
export interface NewContent {
  readonly contentHash: string;
  readonly text: string;
  readonly size: number;
  readonly objectKey: string | undefined;
}

export const newContentOf = (content: string, largeContent: number): NewContent => {
  checkContent(content);
  const contentHash = contentHashOf(content);
  const size = utf8Length(content);
  return {
    contentHash,
    text: content,
    size,
    objectKey: size > largeContent ? objectKeyOf(contentHash) : undefined,
  };
};

const rowText = ({ text, objectKey }: NewContent): string =>
  objectKey === undefined ? text : placeholderFor(objectKey);

/**
 * Another text with another hash: a new record takes over everything of the old one, which is then deleted. Where that
 * is not live any more nothing moves, or its links would lead to no record.
 */
const replaceRecord = (old: string, content: NewContent, now: number): SqlStatement[] => {
  const next = content.contentHash;
  const [text, iso] = [rowText(content), isoOf(now)];
  return [
    ...forgetDeleted([next], { sql: WHILE_LIVE, params: [old] }),
    {
      sql: `INSERT INTO memories (content_hash, vector_id, content, memory_type, created_at, created_at_iso, updated_at,
          updated_at_iso, metadata_json, content_size, r2_key, tags)
        SELECT ?, ?, ?, memory_type, created_at, created_at_iso, ?, ?, metadata_json, CAST(? AS INTEGER), ?, tags
        FROM memories WHERE ${LIVE}
        ON CONFLICT (content_hash) DO UPDATE SET content = excluded.content, content_size = excluded.content_size,
          r2_key = excluded.r2_key, updated_at = excluded.updated_at, updated_at_iso = excluded.updated_at_iso,
          created_at = CASE WHEN deleted_at IS NULL THEN min(created_at, excluded.created_at) ELSE excluded.created_at END,
          created_at_iso = CASE WHEN deleted_at IS NULL THEN min(created_at_iso, excluded.created_at_iso) ELSE excluded.created_at_iso END,
          memory_type = coalesce(excluded.memory_type, CASE WHEN deleted_at IS NULL THEN memory_type END),
          metadata_json = CASE WHEN deleted_at IS NULL AND json_valid(metadata_json) AND json_valid(excluded.metadata_json)
            THEN json_patch(metadata_json, excluded.metadata_json) ELSE excluded.metadata_json END,
          deleted_at = NULL`,
      params: [next, next, text, now, iso, content.size, content.objectKey ?? null, old],
    },
    {
      sql: `INSERT INTO memory_tags (memory_id, tag_id) SELECT n.id, mt.tag_id FROM memories o
        JOIN memory_tags mt ON mt.memory_id = o.id JOIN memories n ON n.content_hash = ?
        WHERE o.content_hash = ? AND o.deleted_at IS NULL ORDER BY mt.rowid ON CONFLICT DO NOTHING`,
      params: [next, old],
    },
    {
      sql: `INSERT INTO em_info (content_hash, pinned, local_only, source_json)
        SELECT ?, pinned, local_only, source_json FROM em_info WHERE content_hash = ? AND ${WHILE_LIVE}
        ON CONFLICT (content_hash) DO UPDATE SET pinned = max(pinned, excluded.pinned),
          local_only = max(local_only, excluded.local_only), source_json = coalesce(source_json, excluded.source_json)`,
      params: [next, old, old],
    },
    // What it replaced before is replaced by the edited one now; nothing is replaced by itself.
    {
      sql: `UPDATE em_info SET superseded_by = nullif((SELECT superseded_by FROM em_info WHERE content_hash = ?), ?)
        WHERE content_hash = ? AND ${WHILE_LIVE}`,
      params: [old, next, next, old],
    },
    {
      sql: `UPDATE em_info SET superseded_by = ? WHERE superseded_by = ? AND ${WHILE_LIVE}`,
      params: [next, old, old],
    },
    {
      sql: `INSERT INTO em_lineage (content_hash, replaced_by, reason, at) SELECT ?, ?, 'edited', ? WHERE ${WHILE_LIVE}
        ON CONFLICT (content_hash, replaced_by) DO UPDATE SET at = excluded.at`,
      params: [old, next, now, old],
    },
    ...['source_hash', 'target_hash'].map((end) => ({
      sql: `UPDATE OR IGNORE memory_graph SET ${end} = ? WHERE ${end} = ? AND ${WHILE_LIVE}`,
      params: [next, old, old],
    })),
    {
      sql: `DELETE FROM memory_graph WHERE (? IN (source_hash, target_hash) OR source_hash = target_hash) AND ${WHILE_LIVE}`,
      params: [old, old],
    },
    {
      sql: `UPDATE memories SET deleted_at = ?, updated_at = ?, updated_at_iso = ? WHERE ${LIVE}`,
      params: [now, now, iso, old],
    },
    { sql: `DELETE FROM em_embed_queue WHERE content_hash = ?`, params: [old] },
    alignTagsText([next]),
  ];
};

const patchTags = (contentHash: string, patch: MemoryPatch): SqlStatement[] => {
  const remove = (condition: string, params: string[]): SqlStatement => ({
    sql: `DELETE FROM memory_tags WHERE memory_id = (SELECT id FROM memories WHERE ${LIVE})
      AND tag_id IN (SELECT id FROM tags WHERE ${condition})`,
    params: [contentHash, ...params],
  });
  const add = (tags: readonly string[]) => addTags(tags.map((tag) => [contentHash, tag] as const));
  const statements: SqlStatement[] = [];
  if (patch.tags) {
    const tags = normaliseTags(patch.tags);
    statements.push(
      remove('name NOT IN (SELECT value FROM json_each(?))', [JSON.stringify(tags)]),
      ...add(tags),
    );
  }
  if (patch.project !== undefined) statements.push(remove(`substr(name, 1, 5) = 'proj:'`, []));
  if (patch.removeTags)
    statements.push(
      remove('name IN (SELECT value FROM json_each(?))', [JSON.stringify(normaliseTags(patch.removeTags))]),
    );
  const project = typeof patch.project === 'string' ? [projectTag(normaliseProject(patch.project))] : [];
  statements.push(...add(normaliseTags([...(patch.addTags ?? []), ...project])));
  return statements.length === 0 ? [] : [...statements, alignTagsText([contentHash]), dropUnusedTags];
};

const patchInfo = (contentHash: string, { pinned, localOnly, source }: MemoryPatch): SqlStatement[] => {
  if (pinned === undefined && localOnly === undefined && source === undefined) return [];
  const flag = (value: boolean | undefined) => (value === undefined ? null : Number(value));
  return [
    {
      sql: `INSERT INTO em_info (content_hash) SELECT content_hash FROM memories WHERE ${LIVE} ON CONFLICT DO NOTHING`,
      params: [contentHash],
    },
    {
      sql: `UPDATE em_info SET pinned = CAST(coalesce(?, pinned) AS INTEGER), local_only = CAST(coalesce(?, local_only) AS INTEGER),
        source_json = coalesce(?, source_json) WHERE content_hash IN (SELECT content_hash FROM memories WHERE ${LIVE})`,
      params: [flag(pinned), flag(localOnly), source ? JSON.stringify(source) : null, contentHash],
    },
  ];
};

const patchRecord = (contentHash: string, patch: MemoryPatch, now: number): SqlStatement[] => {
  const changes: { sql: string; param: string | null }[] = [];
  if (patch.memoryType !== undefined) changes.push({ sql: 'memory_type = ?', param: patch.memoryType });
  if (patch.metadata !== undefined)
    changes.push({
      sql: `metadata_json = json_patch(CASE WHEN json_valid(metadata_json) THEN metadata_json ELSE '{}' END, ?)`,
      param: metadataJson(patch.metadata),
    });
  return [
    {
      sql: `UPDATE memories SET ${changes.map(({ sql }) => `${sql}, `).join('')} updated_at = ?, updated_at_iso = ? WHERE ${LIVE}`,
      params: [...changes.map(({ param }) => param), now, isoOf(now), contentHash],
    },
  ];
};

/** One transaction that changes a live memory; it changes nothing where there is none. Safe to repeat. */
export const updateBatch = (
  contentHash: string,
  patch: MemoryPatch,
  content: NewContent | undefined,
  now: number,
  fullText: boolean,
): { statements: SqlStatement[]; contentHash: string } => {
  const target = content?.contentHash ?? contentHash;
  const rewrite: SqlStatement[] = [];
  if (content !== undefined && target !== contentHash)
    rewrite.push(...replaceRecord(contentHash, content, now));
  else if (content !== undefined)
    rewrite.push({
      sql: `UPDATE memories SET content = ?, content_size = CAST(? AS INTEGER), r2_key = ? WHERE ${LIVE}`,
      params: [rowText(content), content.size, content.objectKey ?? null, contentHash],
    });
  return {
    contentHash: target,
    statements: [
      ...rewrite,
      ...patchTags(target, patch),
      ...patchInfo(target, patch),
      ...patchRecord(target, patch, now),
      ...(content?.objectKey === undefined
        ? []
        : keepLargeContentFindable([{ contentHash: target, content: content.text }], fullText)),
      ...(content === undefined ? [] : [enqueueEmbedding([target])]),
    ],
  };
};
