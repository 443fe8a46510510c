import * as z from 'zod';
import { contentHashOf } from '../../memory/contentHash.ts';
import type { NewMemory } from '../../memory/memory.ts';
import { normaliseProject } from '../../memory/projects.ts';
import { boundedAnswer } from '../answers/boundedAnswer.ts';
import { dataJson } from '../answers/dataJson.ts';
import { shortHash } from '../answers/memoryEntry.ts';
import { refuseCredentials } from '../credentials.ts';
import { findHash } from '../findMemory.ts';
import { nearDuplicates } from '../nearDuplicates.ts';
import { filled } from '../parameters.ts';
import { ADDS, defineTool, type ToolCall } from '../tool.ts';

const metadata = z
  .looseObject({
    tags: z.array(z.string()).optional(),
    type: z.string().optional().describe('note, decision, learning, error, pattern…'),
  })
  .optional();

export const memoryStore = defineTool({
  name: 'memory_store',
  title: 'Store a memory',
  description:
    'Stores one lasting fact: a decision, convention, fix or preference. Answers a similar memory instead, if there is one.',
  input: z.object({
    content: z.string().min(1).describe('Stands alone: names, reasons, places'),
    metadata,
    conversation_id: z.string().optional().describe('Skips the check for similar memories'),
    project: z.string().optional().describe('Default: the current one; "" for none'),
    supersedes: z.string().optional().describe('Hash of the memory that this one replaces'),
    force: z.boolean().optional().describe('Store though a similar memory exists'),
  }),
  hints: ADDS,
  run: async ({ content, metadata = {}, project, supersedes, force, ...given }, call) => {
    const conversation_id = filled(given.conversation_id);
    const { store, options } = call;
    const { tags, type, ...others } = metadata;
    const kept = { ...others, ...(conversation_id !== undefined && { conversation_id }) };
    await refuseCredentials(
      [content, ...(tags ?? []), JSON.stringify(kept)].join('\n'),
      call.context,
      options,
    );
    const memory: NewMemory = {
      content,
      tags,
      memoryType: type,
      metadata: kept,
      project: projectFor(project, call),
      source: call.source,
      supersedes: supersedes === undefined ? undefined : await findHash(store, supersedes, options),
    };
    if (!force && conversation_id === undefined) {
      const similar = await similarTo(memory, call);
      if (similar !== undefined) return similar;
    }
    const { contentHash, outcome } = await store.store(memory, options);
    return dataJson({
      outcome,
      hash: shortHash(contentHash),
      ...(memory.project !== undefined && { project: memory.project }),
      ...(memory.supersedes !== undefined && { supersedes: shortHash(memory.supersedes) }),
    });
  },
});

/** The project that something new belongs to; `own`: where it comes from, if that is known. */
export const projectFor = (
  given: string | undefined,
  { context }: ToolCall,
  own?: string,
): string | undefined => {
  if (given !== undefined) return given === '' ? undefined : given;
  return context.project === undefined ? undefined : (own ?? context.project);
};

const similarTo = async (wanted: NewMemory, { store, options }: ToolCall): Promise<string | undefined> => {
  const { content, project, supersedes } = wanted;
  const hash = contentHashOf(content);
  const found = await nearDuplicates(store, wanted, project && normaliseProject(project), options);
  const similar = found.filter(({ memory }) => memory.contentHash !== supersedes);
  // The same content is no duplicate: it is merged.
  if (similar.length === 0 || found.some(({ memory }) => memory.contentHash === hash)) return undefined;
  const next_step =
    'Not stored. If it says the same, leave it; if it changed, memory_update it (updates.content) or store with supersedes; if both are right, store with force.';
  return boundedAnswer(
    { outcome: 'similar_exists', next_step },
    similar,
    5000,
    'memory_list with a content_hash',
  );
};
