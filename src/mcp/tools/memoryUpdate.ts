import * as z from 'zod';
import { isProjectTag } from '../../memory/projects.ts';
import { dataJson } from '../answers/dataJson.ts';
import { shortHash } from '../answers/memoryEntry.ts';
import { refuseCredentials } from '../credentials.ts';
import { findMemory } from '../findMemory.ts';
import { hash, missingParameter, tags } from '../parameters.ts';
import { defineTool, DESTROYS } from '../tool.ts';

export const memoryUpdate = defineTool({
  name: 'memory_update',
  title: 'Update a memory',
  description: 'Changes a memory. New content gets a new hash; the old text stays in its history.',
  input: z.object({
    content_hash: hash,
    updates: z.strictObject({
      content: z.string().min(1).optional(),
      tags: tags.describe('The whole new list'),
      add_tags: tags,
      remove_tags: tags,
      memory_type: z.string().optional(),
      metadata: z.looseObject({}).optional().describe('Merged; null removes a key'),
      project: z.string().optional(),
    }),
    preserve_timestamps: z.boolean().optional().describe('Either way the time of the change is noted'),
  }),
  hints: DESTROYS,
  run: async ({ content_hash, updates }, { store, context, source, options }) => {
    if (Object.values(updates).every((value) => value === undefined))
      throw missingParameter('memory_update', 'at least one of updates.content, tags, memory_type, metadata');
    const { add_tags, remove_tags, memory_type, ...same } = updates;
    await refuseCredentials(
      [
        same.content ?? '',
        ...(same.tags ?? []),
        ...(add_tags ?? []),
        JSON.stringify(same.metadata ?? {}),
      ].join('\n'),
      context,
      options,
    );
    const old = await findMemory(store, content_hash, options);
    const memory = await store.update(
      old.contentHash,
      {
        ...same,
        // A list of tags says nothing about the project, which agents do not think of as one.
        ...(same.tags && { tags: [...same.tags, ...old.tags.filter(isProjectTag)] }),
        addTags: add_tags,
        removeTags: remove_tags,
        memoryType: memory_type,
        ...(same.content !== undefined && { source: { ...old.source, ...source } }),
      },
      options,
    );
    return dataJson({
      outcome: 'updated',
      hash: shortHash(memory.contentHash),
      ...(memory.contentHash !== old.contentHash && { was: shortHash(old.contentHash) }),
      tags: memory.tags,
      ...(memory.memoryType !== undefined && { type: memory.memoryType }),
    });
  },
});
