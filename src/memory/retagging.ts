import type { Memory, TagChange } from './memory.ts';
import type { SqlStatement } from './ports.ts';
import { isoOf } from './records.ts';
import { addTags, alignTagsText, dropUnusedTags } from './storing.ts';
import { normaliseTags } from './tags.ts';

/** What takes a change back, where the memory had what was removed and lacked what was added. */
export const undoOf = ({ contentHash, add, remove }: TagChange): TagChange => ({
  contentHash,
  add: remove,
  remove: add,
});

/** What changes where each memory's tags become others; nothing for those that have them already. */
export const exactChanges = (
  memories: readonly Pick<Memory, 'contentHash' | 'tags'>[],
  tagsAfter: (tags: readonly string[]) => readonly string[],
): TagChange[] =>
  memories.flatMap(({ contentHash, tags }) => {
    // Another program may have given a memory thousands.
    const before = new Set(tags);
    const after = new Set(tagsAfter(tags));
    const add = [...after].filter((tag) => !before.has(tag));
    const remove = tags.filter((tag) => !after.has(tag));
    return add.length + remove.length === 0 ? [] : [{ contentHash, add, remove }];
  });

/** One transaction; its first statement answers the hashes of the live ones. Safe to repeat. */
export const retagBatch = (changes: readonly TagChange[], now: number): SqlStatement[] => {
  const pairs = (side: 'add' | 'remove') =>
    changes.flatMap((change) => normaliseTags(change[side]).map((tag) => [change.contentHash, tag] as const));
  const hashes = changes.map(({ contentHash }) => contentHash);
  const live = {
    sql: 'content_hash IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL',
    params: [JSON.stringify(hashes)],
  };
  return [
    { sql: `SELECT content_hash FROM memories WHERE ${live.sql}`, params: live.params },
    {
      sql: `DELETE FROM memory_tags WHERE (memory_id, tag_id) IN (SELECT m.id, t.id FROM json_each(?) j
        CROSS JOIN memories m ON m.content_hash = j.value->>0 AND m.deleted_at IS NULL
        CROSS JOIN tags t ON t.name = j.value->>1)`,
      params: [JSON.stringify(pairs('remove'))],
    },
    ...addTags(pairs('add')),
    alignTagsText(hashes),
    dropUnusedTags,
    {
      sql: `UPDATE memories SET updated_at = ?, updated_at_iso = ? WHERE ${live.sql}`,
      params: [now, isoOf(now), ...live.params],
    },
  ];
};
