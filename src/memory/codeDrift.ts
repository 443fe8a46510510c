import { createHash } from 'node:crypto';
import type { MemorySource } from './memory.ts';

/** First and last line, from 1. */
export type LineRange = readonly [number, number];

/** What has become of the code that a memory was made from. */
export type CodeState =
  | { readonly kind: 'same'; readonly lines: LineRange }
  /** The same lines, at another place of the file. */
  | { readonly kind: 'moved'; readonly lines: LineRange }
  /** The lines are nowhere in the file any more; `lines`: where they were, as far as the file still reaches. */
  | { readonly kind: 'changed'; readonly lines: LineRange }
  /** There is no such file any more. */
  | { readonly kind: 'missing' };

/** So many UTF-16 code units are hashed at most to find lines that moved. */
const BUDGET = 20_000_000;

export const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/);

/** Answers in which line of a text, from 1, a UTF-16 code unit of it lies. */
export const lineFinder = (text: string): ((at: number) => number) => {
  const starts = Array.from(text.matchAll(/\r\n|\r|\n/g), ({ 0: end, index }) => index + end.length);
  return (at) => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? Infinity) <= at) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
};

/** Hex SHA-256 of whole lines, joined by line feeds, so that a file's line ends play no part. */
export const linesHashOf = (lines: readonly string[]): string =>
  createHash('sha256').update(lines.join('\n')).digest('hex');

/**
 * Compares the lines that a memory remembers by their hash with the text of their file as it is now (undefined:
 * the file is gone). Undefined where the memory knows no lines, so that nothing can be said. `budget`: where looking
 * through the whole file would hash more UTF-16 code units, only the neighbourhood of the old place is looked through.
 */
export const codeStateOf = (
  { lines, linesHash }: MemorySource,
  text: string | undefined,
  budget = BUDGET,
): CodeState | undefined => {
  if (lines === undefined || linesHash === undefined) return undefined;
  if (text === undefined) return { kind: 'missing' };
  const all = linesOf(text);
  const [first, last] = lines;
  const height = last - first + 1;
  const isAt = (start: number) => linesHashOf(all.slice(start - 1, start - 1 + height)) === linesHash;
  if (last <= all.length && isAt(first)) return { kind: 'same', lines };
  for (const start of startsAround(
    first,
    all.length - height + 1,
    reach(text.length, all.length, height, budget),
  ))
    if (isAt(start)) return { kind: 'moved', lines: [start, start + height - 1] };
  const end = Math.min(last, all.length);
  return { kind: 'changed', lines: [Math.min(first, end), end] };
};

/** What a memory keeps of its lines where they are as in `text` now; undefined where it knows none, or they are gone. */
export const linesNow = (
  source: MemorySource,
  text: string,
): Required<Pick<MemorySource, 'lines' | 'linesHash'>> | undefined => {
  const state = codeStateOf(source, text);
  if (state === undefined || state.kind === 'missing') return undefined;
  const [first, last] = state.lines;
  return { lines: state.lines, linesHash: linesHashOf(linesOf(text).slice(first - 1, last)) };
};

/** How far from the old place lines are looked for. */
const reach = (length: number, lines: number, height: number, budget: number): number =>
  length * height <= budget ? Infinity : Math.ceil((budget * lines) / (2 * length * height));

/** The lines from 1 to `end`, those nearest to `place` first. */
function* startsAround(place: number, end: number, furthest: number): Generator<number> {
  const most = Math.min(furthest, Math.max(place - 1, end - place));
  for (let distance = 1; distance <= most; distance++) {
    if (place - distance >= 1 && place - distance <= end) yield place - distance;
    if (place + distance <= end) yield place + distance;
  }
}
