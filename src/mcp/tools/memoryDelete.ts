import * as z from 'zod';
import { MemoryError } from '../../memory/errors.ts';
import type { Memory, MemoryFilter } from '../../memory/memory.ts';
import { pagesOf } from '../../memory/pagesOf.ts';
import type { CallOptions } from '../../memory/ports.ts';
import type { AgentStore } from '../agentStore.ts';
import { boundedAnswer, DEFAULT_CHARACTERS } from '../answers/boundedAnswer.ts';
import { dataJson } from '../answers/dataJson.ts';
import { shortHash } from '../answers/memoryEntry.ts';
import { findMemory } from '../findMemory.ts';
import { after, before, filterOf, hash, missingParameter, project, tagMatch, tags } from '../parameters.ts';
import { defineTool, DESTROYS } from '../tool.ts';

const TO_SEE_ALL = 'memory_list with the same filters';
const PAGE = 1000;
const NAMED = 20;
/** Of each content, enough to see what a dry run is about. */
const GLIMPSE = 200;

export const memoryDelete = defineTool({
  name: 'memory_delete',
  title: 'Delete memories',
  description:
    'Deletes one memory, or all that pass the filters; a person can restore them. Use dry_run before deleting by filter.',
  input: z.object({
    content_hash: hash.optional(),
    tags,
    tag_match: tagMatch,
    after,
    before,
    project,
    dry_run: z.boolean().optional(),
  }),
  hints: DESTROYS,
  run: async ({ content_hash, dry_run, ...given }, { store, options }) => {
    const filtered = [given.after, given.before].some(Boolean) || (given.tags ?? []).length > 0;
    if (content_hash !== undefined && (filtered || given.project !== undefined))
      throw new MemoryError(
        'invalid-input',
        'Nothing was deleted: memory_delete takes a content_hash or filters, not both.',
        'Call it with the content_hash alone, or with the filters alone.',
      );
    // Without its tags a deletion by time would take everything of that time.
    if (content_hash === undefined && (!filtered || given.tags?.length === 0))
      throw missingParameter(
        'memory_delete',
        'a content_hash, tags, after or before; a list of tags names some',
      );
    const memories =
      content_hash === undefined
        ? await allOf(store, await filterOf(given), options)
        : [await findMemory(store, content_hash, options)];
    if (dry_run)
      return boundedAnswer(
        {
          outcome: 'dry_run',
          would_delete: memories.length,
          ...(memories.length > NAMED && { first_shown: NAMED, to_see_all: TO_SEE_ALL }),
        },
        memories.slice(0, NAMED).map((memory) => ({ memory })),
        DEFAULT_CHARACTERS,
        TO_SEE_ALL,
      );
    const deleted = await store.delete(
      memories.map(({ contentHash }) => contentHash),
      options,
    );
    return dataJson({
      outcome: 'deleted',
      deleted: deleted.length,
      hashes: deleted.slice(0, NAMED).map(shortHash),
      undo: 'A person can restore them: edge-memory restore HASH',
    });
  },
});

const allOf = async (store: AgentStore, filter: MemoryFilter, options: CallOptions): Promise<Memory[]> => {
  const memories: Memory[] = [];
  const query = { filter, limit: PAGE, contentLimit: GLIMPSE };
  for await (const page of pagesOf((after) => store.list({ ...query, after }, options)))
    memories.push(...page);
  return memories;
};
