import * as z from 'zod';
import { MemoryError } from './errors.ts';
import { isJsonObject } from './json.ts';
import type {
  DayQuery,
  FacetKind,
  FacetQuery,
  JsonObject,
  ListQuery,
  MemoryFilter,
  MemoryPatch,
  NewLink,
  NewMemory,
  OverviewQuery,
  SearchQuery,
  TagChange,
  TagTreeQuery,
} from './memory.ts';
import { isStorable } from './text.ts';

/** What callers hand in, checked once at the engine's door: the same for commands, tools, REST and the terminal. */
const metadata = z.custom<JsonObject>(isJsonObject, {
  error: 'it must be an object of JSON values, nested at most 100 levels deep',
});

const storable = z
  .string()
  .refine(isStorable, { error: 'it contains U+0000 or half of a surrogate pair, which is not a character' });
const sourceText = storable.max(4096).optional();
const memoryType = storable.min(1).max(100);

const source = z.object({
  client: sourceText,
  person: sourceText,
  repository: sourceText,
  path: sourceText,
  lines: z.tuple([z.int().min(1), z.int().min(1)]).optional(),
  symbol: sourceText,
  commit: sourceText,
  linesHash: sourceText,
});

/** SQLite and ISO text know the years 0 to 9999. */
const seconds = z.number().min(-62_167_219_200).max(253_402_300_799.999);
const hash = z.string().min(1).max(64);
const limit = z.int().min(1).max(1000);

export const newMemorySchema: z.ZodType<NewMemory> = z.object({
  content: z.string(),
  tags: z.array(z.string()).optional(),
  memoryType: memoryType.optional(),
  metadata: metadata.optional(),
  createdAt: seconds.optional(),
  project: z.string().optional(),
  pinned: z.boolean().optional(),
  localOnly: z.boolean().optional(),
  source: source.optional(),
  supersedes: hash.optional(),
});

export const patchSchema: z.ZodType<MemoryPatch> = z
  .object({
    content: z.string().optional(),
    tags: z.array(z.string()).optional(),
    addTags: z.array(z.string()).optional(),
    removeTags: z.array(z.string()).optional(),
    memoryType: memoryType.nullable().optional(),
    metadata: metadata.optional(),
    project: z.string().nullable().optional(),
    pinned: z.boolean().optional(),
    localOnly: z.boolean().optional(),
    source: source.optional(),
  })
  .refine((patch) => patch.tags === undefined || (patch.addTags ?? patch.removeTags) === undefined, {
    error: 'tags replaces the whole list: give it, or addTags and removeTags',
  });

const filter: z.ZodType<MemoryFilter> = z.object({
  tags: z.array(z.string()).optional(),
  tagMatch: z.enum(['any', 'all']).optional(),
  memoryType: z.string().optional(),
  project: z.string().optional(),
  time: z.object({ from: seconds.optional(), to: seconds.optional() }).optional(),
  pinned: z.boolean().optional(),
  localOnly: z.boolean().optional(),
  stays: z.literal(true).optional(),
  sourcePath: storable.min(1).max(4096).optional(),
  fromFile: z.boolean().optional(),
  state: z.enum(['live', 'deleted']).optional(),
  replaced: z.boolean().optional(),
});

export const filterSchema = filter;

export const searchQuerySchema: z.ZodType<SearchQuery> = z.object({
  query: z.string(),
  mode: z.enum(['hybrid', 'keyword', 'meaning', 'exact']).optional(),
  limit: limit.optional(),
  filter: filter.optional(),
  preferProject: z.string().optional(),
  contentLimit: z.int().min(0).optional(),
});

export const listQuerySchema: z.ZodType<ListQuery> = z.object({
  limit: limit.optional(),
  after: z.string().optional(),
  filter: filter.optional(),
  order: z.enum(['newest', 'oldest']).optional(),
  contentLimit: z.int().min(0).optional(),
});

export const facetKindSchema: z.ZodType<FacetKind> = z.enum(['tags', 'types', 'projects']);

const nameOrder = z.enum(['count', 'name']).optional();

export const facetQuerySchema: z.ZodType<FacetQuery> = z.object({
  limit: limit.optional(),
  after: z.string().optional(),
  prefix: z.string().optional(),
  order: nameOrder,
  filter: filter.optional(),
});

export const tagTreeQuerySchema: z.ZodType<TagTreeQuery> = z.object({
  limit: limit.optional(),
  after: z.string().optional(),
  parent: z.string().min(1).optional(),
  order: nameOrder,
  filter: filter.optional(),
});

export const dayQuerySchema: z.ZodType<DayQuery> = z.object({
  limit: limit.optional(),
  after: z.string().optional(),
  order: z.enum(['newest', 'oldest']).optional(),
  filter: filter.optional(),
});

export const tagChangesSchema: z.ZodType<readonly TagChange[]> = z.array(
  z.object({ contentHash: hash, add: z.array(z.string()), remove: z.array(z.string()) }),
);

export const overviewQuerySchema: z.ZodType<OverviewQuery> = z.object({
  utcOffset: z.number().min(-86_400).max(86_400).optional(),
  recentSince: seconds.optional(),
});

export const vectorHashesSchema: z.ZodType<string[]> = z.array(z.string()).max(1000);

export const newLinkSchema: z.ZodType<NewLink> = z.object({
  source: hash,
  target: hash,
  relation: storable.min(1).max(100).optional(),
  similarity: z.number().min(-1).max(1).optional(),
  metadata: metadata.optional(),
});

/** Throws a `MemoryError` that names the field and what is wrong with it. */
export const parse = <T>(schema: z.ZodType<T>, what: string, value: unknown): T => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw new MemoryError(
    'invalid-input',
    `${what} is not valid: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'unknown problem'}.`,
    'Correct it and try again.',
  );
};
