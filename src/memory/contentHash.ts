import { createHash } from 'node:crypto';

/**
 * Characters that Python's str.strip() removes. JavaScript's trim() differs: it knows neither U+001C–001F nor U+0085,
 * and it removes U+FEFF, which Python keeps.
 */
const PYTHON_SPACE =
  '\\t\\n\\v\\f\\r\\u001c-\\u001f \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEADING = new RegExp(`^[${PYTHON_SPACE}]+`, 'u');
const TRAILING_CHARACTER = new RegExp(`[${PYTHON_SPACE}]`, 'u');

export const stripLikePython = (text: string): string => {
  // A regular expression anchored at the end would take quadratic time on long runs of spaces.
  let end = text.length;
  while (end > 0 && TRAILING_CHARACTER.test(text.charAt(end - 1))) end--;
  return text.slice(0, end).replace(LEADING, '');
};

/**
 * The identity of a content, as mcp-memory-service computes it: hex SHA-256 of the UTF-8 of `content.strip().lower()`.
 * Rows of older versions carry hashes of other recipes: never recompute a stored hash to verify it.
 */
export const contentHashOf = (content: string): string =>
  createHash('sha256').update(stripLikePython(content).toLowerCase(), 'utf8').digest('hex');
