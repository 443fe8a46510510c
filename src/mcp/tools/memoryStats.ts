import * as z from 'zod';
import type { CallOptions } from '../../memory/ports.ts';
import type { AgentStore } from '../agentStore.ts';
import { dataJson } from '../answers/dataJson.ts';
import { defineTool, READS } from '../tool.ts';

const day = (seconds: number | undefined): string | null =>
  seconds === undefined ? null : new Date(seconds * 1000).toISOString().slice(0, 10);

/** Numbers about all memories, and the most used tags, types and projects. */
export const statsJson = async (store: AgentStore, options: CallOptions): Promise<string> => {
  const [stats, ...facets] = await Promise.all([
    store.stats(options),
    store.facets('tags', { limit: 20 }, options),
    store.facets('types', { limit: 20 }, options),
    store.facets('projects', { limit: 20 }, options),
  ]);
  const [tags, types, projects] = facets.map(({ items }) =>
    Object.fromEntries(items.map(({ name, count }) => [name, count])),
  );
  return dataJson({
    memories: stats.live,
    deleted: stats.deleted,
    pinned: stats.pinned,
    tags: stats.tags,
    projects: stats.projects,
    content_bytes: stats.contentBytes,
    oldest: day(stats.oldest),
    newest: day(stats.newest),
    search: { words: stats.mode.keyword, meaning: stats.mode.meaning ?? null },
    embedded: stats.embedding.embedded,
    waiting_for_embedding: stats.embedding.pending,
    top_tags: tags,
    top_types: types,
    top_projects: projects,
  });
};

export const memoryStats = defineTool({
  name: 'memory_stats',
  title: 'Memory statistics',
  description: 'How many memories there are; the most used tags, types and projects.',
  input: z.object({}),
  hints: READS,
  run: (_, { store, options }) => statsJson(store, options),
});
