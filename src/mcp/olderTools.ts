import * as z from 'zod';
import { MemoryError } from '../memory/errors.ts';
import { after, before, hash, project, tagMatch, tags } from './parameters.ts';
import { defineTool, errorText, type MemoryTool, READS } from './tool.ts';
import { inputReader } from './toolInput.ts';
import { memoryDelete } from './tools/memoryDelete.ts';
import { memoryHealth } from './tools/memoryHealth.ts';
import { memorySearch } from './tools/memorySearch.ts';
import { memoryStore } from './tools/memoryStore.ts';

const dry_run = z.boolean().optional();
const listed = z.array(z.string()).min(1);
const queried = z.object({ query: z.string(), n_results: z.int().min(1).max(100).optional() });

/** An older name of `tool`, whose parameters `translate` brings into its own. */
const alias = <Input extends z.ZodObject>(
  name: string,
  tool: MemoryTool,
  input: Input,
  translate: (given: z.output<Input>) => object,
): MemoryTool => {
  const read = inputReader(name, input);
  return {
    ...tool,
    name,
    of: tool.name,
    title: `${tool.title} (older name)`,
    description: `Older name of ${tool.name}.`,
    input,
    run: async (given, call) => {
      let own: object;
      try {
        own = translate(read(given));
      } catch (error) {
        return { text: errorText(error), isError: true };
      }
      return tool.run(own, call);
    },
  };
};

const UNITS = '(?:minute|hour|day|week|month|quarter|year)s?';
const TIME = new RegExp(
  `\\b(?:yesterday|today|(?:last|past|this)\\s+(?:\\d+\\s+)?${UNITS}|\\d+\\s+${UNITS}\\s+ago)\\b`,
  'i',
);

/** “what did we decide last week” asks for a time too; what is no time is searched for as it stands. */
const recalled = ({ query, n_results }: z.output<typeof queried>): object => {
  const time = TIME.exec(query)?.[0];
  const rest = time === undefined ? query : query.replace(time, ' ').trim();
  return { query: rest, limit: n_results ?? 5, ...(time !== undefined && { time_expr: time }) };
};

/** A tool of mcp-memory-service that is not needed here: it answers what to use. */
const replaced = (name: string, instead: string): MemoryTool =>
  defineTool({
    name,
    title: `${name} (not needed)`,
    description: `Not needed here: ${instead}`,
    input: z.looseObject({}),
    hints: READS,
    run: () => Promise.reject(new MemoryError('invalid-input', `${name} is not offered here.`, instead)),
  });

/** mcp-memory-service's older names (before its version 10), and its tools that others replace here. */
export const olderTools: readonly MemoryTool[] = [
  alias(
    'store_memory',
    memoryStore,
    z.object({
      content: z.string(),
      tags,
      memory_type: z.string().optional(),
      metadata: z.looseObject({ tags }).optional(),
    }),
    ({ content, tags: given = [], memory_type, metadata = {} }) => ({
      content,
      metadata: {
        ...metadata,
        tags: [...given, ...(metadata.tags ?? [])],
        ...(memory_type !== undefined && { type: memory_type }),
      },
    }),
  ),
  alias('retrieve_memory', memorySearch, queried, (given) => ({
    query: given.query,
    limit: given.n_results ?? 5,
  })),
  alias('recall_memory', memorySearch, queried, recalled),
  alias('search_by_tag', memorySearch, z.object({ tags: listed }), (given) => given),
  alias('delete_memory', memoryDelete, z.object({ content_hash: hash, dry_run }), (given) => given),
  alias(
    'delete_by_tag',
    memoryDelete,
    z.object({ tags: listed, tag_match: tagMatch, after, before, project, dry_run }),
    (given) => given,
  ),
  alias('check_database_health', memoryHealth, z.object({}), () => ({})),
  replaced(
    'memory_cleanup',
    'Identical memories are merged when they are stored; delete others with memory_delete.',
  ),
  replaced('memory_quality', 'Mark what is outdated: memory_store with supersedes, or memory_update.'),
  replaced('memory_conflicts', 'Use memory_search, then memory_graph with relation contradicts.'),
  replaced('memory_resolve', 'Use memory_store with supersedes, naming the memory that is wrong.'),
  replaced('memory_store_session', 'Store each lasting fact of the session with memory_store.'),
  replaced('memory_harvest', 'Pick out the lasting facts yourself and store each with memory_store.'),
];
