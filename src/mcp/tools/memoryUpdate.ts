import * as z from 'zod';
import { isFromCode } from '../../memory/codeStates.ts';
import type { Memory, MemorySource } from '../../memory/memory.ts';
import { isProjectTag } from '../../memory/projects.ts';
import { dataJson } from '../answers/dataJson.ts';
import { shortHash } from '../answers/memoryEntry.ts';
import { refuseCredentials } from '../credentials.ts';
import { type CodeNow, codeNow } from '../codeNow.ts';
import type { FileReader } from '../fileReader.ts';
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
      project: z.string().optional().describe('"" for none'),
      still_true: z.boolean().optional().describe('Holds for its code as it is now'),
    }),
    preserve_timestamps: z.boolean().optional().describe('Either way the time of the change is noted'),
  }),
  hints: DESTROYS,
  run: async ({ content_hash, updates }, { store, context, source, options }) => {
    if (Object.values(updates).every((value) => value === undefined))
      throw missingParameter(
        'memory_update',
        'at least one of updates.content, tags, memory_type, metadata, still_true',
      );
    const { add_tags, remove_tags, memory_type, still_true, ...same } = updates;
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
    const code = await codeFor(old, same.content !== undefined, still_true === true, context.files);
    const memory = await store.update(
      old.contentHash,
      {
        ...same,
        // As memory_store has it; the store says null.
        ...(same.project === '' && { project: null }),
        // A list of tags says nothing about the project, which agents do not think of as one.
        ...(same.tags && { tags: [...same.tags, ...old.tags.filter(isProjectTag)] }),
        addTags: add_tags,
        removeTags: remove_tags,
        memoryType: memory_type,
        ...((same.content !== undefined || code) && {
          source: { ...old.source, ...(same.content !== undefined && byNow(source, old)), ...code },
        }),
      },
      options,
    );
    return dataJson({
      outcome: 'updated',
      hash: shortHash(memory.contentHash),
      ...(memory.contentHash !== old.contentHash && { was: shortHash(old.contentHash) }),
      tags: memory.tags,
      ...(memory.memoryType !== undefined && { type: memory.memoryType }),
      ...(code?.lines && { lines: code.lines }),
    });
  },
});

/** A new text was written for the code as it is now; without one the agent says that the old one holds. */
const codeFor = async (
  old: Memory,
  isRewritten: boolean,
  isStillTrue: boolean,
  files: FileReader | undefined,
): Promise<CodeNow | undefined> => {
  if (isStillTrue) return codeNow(old, files);
  // What can't be looked at from here is compared as before.
  return isRewritten && isFromCode(old) ? codeNow(old, files).catch(() => undefined) : undefined;
};

/** Who wrote the new text; the file that the memory came from stays that of its repository. */
const byNow = (source: MemorySource, { source: old }: Memory): MemorySource => ({
  ...source,
  ...(old?.path !== undefined && { repository: old.repository }),
});
