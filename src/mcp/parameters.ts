import * as z from 'zod';
import { MemoryError } from '../memory/errors.ts';
import type { MemoryFilter, TimeRange } from '../memory/memory.ts';

/** Parameters that tools share, under mcp-memory-service's names. */
export const tags = z.array(z.string()).optional();
export const tagMatch = z.enum(['any', 'all']).optional();
export const project = z.string().optional().describe('Only this project');
export const after = z.string().optional().describe('Date');
export const before = after;
export const timeExpression = z.string().optional().describe('"last week", "since Monday"');
export const hash = z.string().describe('Hash, or its first 8+ digits');
export const maxCharacters = z.int().min(500).max(200_000).optional().describe('Default 8000');

interface TimeParameters {
  readonly time_expr?: string | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

interface FilterParameters extends TimeParameters {
  readonly tags?: string[] | undefined;
  readonly tag_match?: 'any' | 'all' | undefined;
  readonly memory_type?: string | undefined;
  readonly project?: string | undefined;
}

const timeRangeOf = async ({ time_expr, after, before }: TimeParameters): Promise<TimeRange | undefined> => {
  const given = [time_expr, after, before].filter((text) => text !== undefined);
  if (given.length === 0) return undefined;
  // Parsing dates in English takes a large module.
  const { parseTimeRange } = await import('../memory/timeExpression.ts');
  const within = time_expr === undefined ? {} : parseTimeRange(time_expr).range;
  const momentOf = (text: string | undefined) => {
    if (text === undefined) return undefined;
    const { from, to } = parseTimeRange(text).range;
    return from ?? to;
  };
  const latest = Math.max(...[within.from, momentOf(after)].filter((at) => at !== undefined));
  const earliest = Math.min(...[within.to, momentOf(before)].filter((at) => at !== undefined));
  // Without arguments, max and min are infinite: no bound.
  return {
    ...(Number.isFinite(latest) && { from: latest }),
    ...(Number.isFinite(earliest) && { to: earliest }),
  };
};

/** Models also fill in what they leave out; no type and no path is empty. */
export const filled = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

export const filterOf = async (input: FilterParameters): Promise<MemoryFilter> => ({
  tags: input.tags,
  tagMatch: input.tag_match,
  memoryType: filled(input.memory_type),
  project: filled(input.project),
  time: await timeRangeOf(input),
});

export const missingParameter = (tool: string, what: string): MemoryError =>
  new MemoryError('invalid-input', `${tool} needs ${what}.`, 'Call it again with that.');
