import * as z from 'zod';
import type { SearchMode, SearchQuery } from '../../memory/memory.ts';
import { normaliseProject } from '../../memory/projects.ts';
import { byQuality } from '../../memory/search/quality.ts';
import { aboutCode, withCodeStates } from '../answers/codeStates.ts';
import { boundedAnswer } from '../answers/boundedAnswer.ts';
import {
  after,
  before,
  filterOf,
  maxCharacters,
  missingParameter,
  project,
  tagMatch,
  tags,
  timeExpression,
} from '../parameters.ts';
import { defineTool, READS } from '../tool.ts';

/** mcp-memory-service's names for the modes; `semantic`, its default, is what people mean by a search: hybrid. */
const MODES = {
  semantic: 'meaning',
  exact: 'exact',
  hybrid: 'hybrid',
  keyword: 'keyword',
} as const satisfies Record<string, SearchMode>;

const LIMIT = 100;
const TO_LIST_ALL = 'memory_list with the same filters';
/** How many times as many memories ratings may bring forward. */
const CANDIDATES = 3;

export const memorySearch = defineTool({
  name: 'memory_search',
  title: 'Search memories',
  description:
    'Finds memories by words and meaning, preferring the current project. Without a query: the newest that pass the filters.',
  input: z.object({
    query: z.string().optional(),
    mode: z.enum(['hybrid', 'semantic', 'exact', 'keyword']).optional(),
    time_expr: timeExpression,
    after,
    before,
    tags,
    tag_match: tagMatch,
    memory_type: z.string().optional(),
    project,
    quality_boost: z.number().min(0).max(1).optional().describe('Weight of ratings'),
    limit: z.int().min(1).max(LIMIT).optional().describe('Default 10'),
    max_response_chars: maxCharacters,
  }),
  hints: READS,
  run: async (input, { store, context, options }) => {
    const filter = await filterOf(input);
    const limit = input.limit ?? 10;
    if (input.query === undefined || input.query.trim() === '') {
      if (Object.values(filter).every((value) => value === undefined))
        throw missingParameter('memory_search', 'a query, or a filter such as tags or time_expr');
      const { items, next } = await store.list({ filter, limit }, options);
      const found = await withCodeStates(
        items.map((memory) => ({ memory })),
        context,
      );
      const head = {
        found: items.length,
        order: 'newest',
        ...(next !== undefined && { more: TO_LIST_ALL }),
        ...aboutCode(found),
      };
      return boundedAnswer(head, found, input.max_response_chars, TO_LIST_ALL);
    }
    const query: SearchQuery = {
      query: input.query,
      mode: MODES[input.mode ?? 'hybrid'],
      limit,
      filter,
      ...(context.project !== undefined && { preferProject: normaliseProject(context.project) }),
    };
    const boost = input.quality_boost ?? 0;
    const { hits: found, mode } = await store.search(
      boost > 0 ? { ...query, limit: Math.min(limit * CANDIDATES, LIMIT) } : query,
      options,
    );
    const best = boost > 0 ? byQuality(found, boost).slice(0, limit) : found;
    const hits = await withCodeStates(best, context);
    return boundedAnswer(
      {
        found: hits.length,
        ...(hits.length === limit && limit < LIMIT && { more: 'a higher limit may find more' }),
        ...(hits.length === 0 && { next_step: 'Try other words, or fewer filters.' }),
        ...aboutCode(hits),
        ...(mode.reducedBecause !== undefined && { reduced: mode.reducedBecause }),
      },
      hits,
      input.max_response_chars,
    );
  },
});
