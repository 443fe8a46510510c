/**
 * Memories are other people's text. What of them goes into labels, notifications and quick picks passes
 * through here: VS Code reads `$(name)` as an icon there, and `[text](command:…)` or `<command:…>` as a link that
 * runs a command.
 */

const BREAK = '\u200b';

/** Control characters, and those that turn the direction of text or hide inside it; not the joiners of scripts and emoji. */
const UNSEEN = /[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;

/** What begins a heading, a quotation or an item of a list in Markdown. */
const LINE_MARKER = /^\s*(?:#{1,6}|>|[-*+])\s+/u;

/** The same text to the eye, with nothing in it that VS Code would interpret. */
export const inert = (text: string): string => text.replace(/\$(?=\()|\](?=\()|<(?=\w)/gu, `$&${BREAK}`);

/** Of the same length, so that places in it stay right: a space for each character that is not seen, line breaks kept. */
export const seen = (text: string): string =>
  text
    .replace(UNSEEN, (run) => run.replace(/[^\n]/gu, ' '))
    .replace(/\n\s*\n/gu, (run) => `\n${' '.repeat(run.length - 1)}`);

/** One line of at most `length` characters, inert, for labels. */
export function oneLine(text: string, length: number): string {
  const flat = text
    .slice(0, length * 4)
    .replace(UNSEEN, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const whole = flat.length <= length && text.length <= length * 4;
  return inert(whole ? flat : `${beginning(flat, length - 1).trimEnd()}…`);
}

/** At most `length` UTF-16 code units, no character cut in two. */
function beginning(text: string, length: number): string {
  let end = 0;
  for (const { index, segment } of new Intl.Segmenter().segment(text)) {
    if (index + segment.length > length) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

/** The first line that says something; `length` characters at most. */
export function firstLine(content: string, length = 100): string {
  const line = content
    .slice(0, 5000)
    .split(/\r?\n/u)
    .find((candidate) => /[\p{L}\p{N}]/u.test(candidate));
  return oneLine((line ?? content).replace(LINE_MARKER, ''), length) || '…';
}
