import type { SqlStatement } from './ports.ts';
import { isoOf } from './records.ts';
import { dropUnusedTags, enqueueEmbedding } from './storing.ts';

/**
 * The ways of a memory out and back. Each batch's first statement answers the hashes that it is about to change, or
 * changed already: the answer may be lost and the batch repeated, and then `now` tells its own changes.
 */
const LIVE = 'deleted_at IS NULL AND content_hash IN (SELECT value FROM json_each(?))';
const DELETED = 'deleted_at IS NOT NULL AND content_hash IN (SELECT value FROM json_each(?))';
const DOOMED = `SELECT content_hash FROM memories WHERE ${DELETED}`;

export const deleteBatch = (contentHashes: readonly string[], now: number): SqlStatement[] => {
  const params = [JSON.stringify(contentHashes)];
  return [
    {
      sql: `SELECT content_hash FROM memories WHERE (deleted_at IS NULL OR deleted_at = ?)
        AND content_hash IN (SELECT value FROM json_each(?))`,
      params: [now, ...params],
    },
    {
      sql: `UPDATE memories SET deleted_at = ?, updated_at = ?, updated_at_iso = ? WHERE ${LIVE}`,
      params: [now, now, isoOf(now), ...params],
    },
    { sql: 'DELETE FROM em_embed_queue WHERE content_hash IN (SELECT value FROM json_each(?))', params },
  ];
};

export const restoreBatch = (contentHashes: readonly string[], now: number): SqlStatement[] => {
  const params = [JSON.stringify(contentHashes)];
  return [
    {
      sql: `SELECT content_hash FROM memories WHERE (deleted_at IS NOT NULL OR updated_at = ?)
        AND content_hash IN (SELECT value FROM json_each(?))`,
      params: [now, ...params],
    },
    {
      sql: `UPDATE memories SET deleted_at = NULL, updated_at = ?, updated_at_iso = ? WHERE ${DELETED}`,
      params: [now, isoOf(now), ...params],
    },
    enqueueEmbedding(contentHashes),
  ];
};

/** What a purge would take away, with the objects that it would leave behind. */
export const selectDoomed = (contentHashes: readonly string[]): SqlStatement => ({
  sql: `SELECT content_hash, r2_key FROM memories WHERE ${DELETED}`,
  params: [JSON.stringify(contentHashes)],
});

/** Its last statement answers the hashes that are still there. */
export const purgeBatch = (contentHashes: readonly string[]): SqlStatement[] => {
  const params = [JSON.stringify(contentHashes)];
  return [
    {
      sql: `DELETE FROM memory_tags WHERE memory_id IN (SELECT id FROM memories WHERE content_hash IN (${DOOMED}))`,
      params,
    },
    { sql: `DELETE FROM em_info WHERE content_hash IN (${DOOMED})`, params },
    { sql: `UPDATE em_info SET superseded_by = NULL WHERE superseded_by IN (${DOOMED})`, params },
    {
      sql: `DELETE FROM em_lineage WHERE content_hash IN (${DOOMED}) OR replaced_by IN (${DOOMED})`,
      params: [...params, ...params],
    },
    {
      sql: `DELETE FROM memory_graph WHERE source_hash IN (${DOOMED}) OR target_hash IN (${DOOMED})`,
      params: [...params, ...params],
    },
    { sql: `DELETE FROM memories WHERE content_hash IN (${DOOMED})`, params },
    dropUnusedTags,
    {
      sql: 'SELECT content_hash FROM memories WHERE content_hash IN (SELECT value FROM json_each(?))',
      params,
    },
  ];
};
