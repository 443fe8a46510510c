import { stripLikePython } from './contentHash.ts';
import { MemoryError } from './errors.ts';
import { checkText } from './text.ts';

export const MAX_TAGS = 100;
export const MAX_TAG_LENGTH = 100;

/**
 * Tags as mcp-memory-service keeps them: trimmed, lower-case, a comma becomes `-` (they are stored as CSV), unique.
 * Limits: 100 tags of 100 characters (code points, as Python counts).
 */
export const normaliseTags = (tags: readonly string[]): string[] => {
  const unique = new Set<string>();
  for (const tag of tags) {
    checkText('A tag', tag);
    const normal = stripLikePython(stripLikePython(tag).toLowerCase().replaceAll(',', '-'));
    if (normal === '') continue;
    const length = Array.from(normal).length;
    if (length > MAX_TAG_LENGTH)
      throw new MemoryError(
        'invalid-input',
        `A tag has ${length} characters; at most ${MAX_TAG_LENGTH} are stored. It begins with “${Array.from(normal).slice(0, 40).join('')}”.`,
        'Use a shorter tag, and put the text into the memory itself.',
      );
    unique.add(normal);
  }
  if (unique.size > MAX_TAGS)
    throw new MemoryError(
      'invalid-input',
      `The memory has ${unique.size.toLocaleString('en')} tags; at most ${MAX_TAGS} are stored.`,
      'Keep the tags that you would search by.',
    );
  return [...unique];
};

export const normaliseTag = (tag: string): string | undefined => normaliseTags([tag])[0];
