import * as z from 'zod';
import { MemoryError } from '../memory/errors.ts';
import type { NewMemory } from '../memory/memory.ts';
import { parse } from '../memory/schemas.ts';
import { decodeUtf8 } from './input.ts';
import { commaSeparated } from './options.ts';
import { secondsOfIso } from './times.ts';

/** A memory as a line of JSON, with mcp-memory-service's names; other fields are left aside. */
const lineSchema = z.object({
  content: z.string({ error: 'must be a text' }),
  tags: z
    .union([z.array(z.string()), z.string().transform((tags) => commaSeparated(tags))], {
      error: 'must be a list of texts, or one text with commas',
    })
    .nullish(),
  memory_type: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  created_at: z
    .union([z.number(), z.string().transform(secondsOfIso).pipe(z.number())], {
      error: 'must be seconds since the epoch, or a date in ISO 8601',
    })
    .nullish(),
  project: z.string().nullish(),
});

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MemoryError('invalid-input', `It is not JSON: ${(error as SyntaxError).message}.`, '', {
      cause: error,
    });
  }
};

const decode = (bytes: Uint8Array): string => {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    throw new MemoryError('invalid-input', 'It is not text in UTF-8.', '', { cause: error });
  }
};

/**
 * The memory that a line holds; what it does not say comes from `defaults`, and tags are united. Undefined where the
 * line is blank. Throws a `MemoryError` that says what is wrong.
 */
export const memoryOfLine = (
  bytes: Uint8Array,
  defaults: Omit<NewMemory, 'content'>,
): NewMemory | undefined => {
  const text = decode(bytes);
  if (text.trim() === '') return undefined;
  const line = parse(lineSchema, 'The memory', parseJson(text));
  return {
    ...defaults,
    content: line.content,
    tags: [...(line.tags ?? []), ...(defaults.tags ?? [])],
    memoryType: line.memory_type ?? defaults.memoryType,
    metadata: { ...defaults.metadata, ...line.metadata },
    createdAt: line.created_at ?? defaults.createdAt,
    project: line.project ?? defaults.project,
  };
};
