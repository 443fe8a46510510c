import { beginningOf } from '../memory/text.ts';

/** What acts on a terminal instead of being shown: control characters, and those that turn the direction of text. */
const ACTING = /(?![\n\t])[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text of others, safe to print: a stored escape sequence is shown, not obeyed. */
export const inert = (text: string): string => text.replaceAll('\r\n', '\n').replace(ACTING, escaped);

/** All on one line, safe to print. */
export const oneLine = (text: string): string => inert(text.replace(/\s+/gu, ' '));

/** The beginning of a text on one line of at most `width` characters, safe to print. */
export const headline = (text: string, width: number): string => {
  const line = oneLine(beginningOf(text, 4 * width)).trim();
  return line.length > width || text.length > 4 * width ? `${beginningOf(line, width - 1).trimEnd()}…` : line;
};

/** JSON that parses to exactly `value`; what acts on a terminal is written as an escape. */
export const inertJson = (value: unknown): string => JSON.stringify(value).replace(ACTING, escaped);
