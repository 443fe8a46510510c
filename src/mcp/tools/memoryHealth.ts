import * as z from 'zod';
import { dataJson } from '../answers/dataJson.ts';
import { defineTool, READS } from '../tool.ts';

export const memoryHealth = defineTool({
  name: 'memory_health',
  title: 'Memory health',
  description: 'Checks that the store works and agrees with itself.',
  input: z.object({}),
  hints: READS,
  run: async (_, { store, context, options }) => {
    const { checked, problems } = await store.verify(options);
    const { live, embedding, mode } = await store.stats(options);
    return dataJson({
      status: problems.length === 0 ? 'healthy' : 'degraded',
      version: context.version,
      memories: live,
      checked,
      problems: problems.map(({ kind, count }) => ({ kind, count })),
      ...(problems.length > 0 && { next_step: 'Tell the person; searching and storing still work.' }),
      waiting_for_embedding: embedding.pending,
      search: { words: mode.keyword, meaning: mode.meaning ?? null, reduced: mode.reducedBecause },
      project: context.project ?? null,
    });
  },
});
