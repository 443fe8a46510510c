import type { Chunk } from '../chunking.ts';
import type { Snippet } from '../memory.ts';
import { type QueryTerms, stemOf, wordsWithPlaces } from './queryTerms.ts';

/** Length of a snippet, and of the text that is searched for the best one. UTF-16 code units. */
const LENGTH = 240;
const SEARCHED = 64 * 1024;
/** What the index of trigrams finds inside of words. Characters. */
const SHORTEST_PART = 3;

type Place = readonly [start: number, end: number];

/** Lower-case and as long as before, so that places stay right: İ alone becomes longer. */
const lowered = (text: string): string => text.replaceAll('İ', 'i').toLowerCase();

/** Finds the places that a query matched, in texts that it matched. */
export class SnippetMaker {
  readonly #stems: ReadonlySet<string>;
  /** First letters of the stems, which stemming keeps: only words that share one need to be stemmed, which is slow. */
  readonly #initials: ReadonlySet<string>;
  readonly #literals: readonly string[];
  /** Words that may be parts of longer ones, as `config` of `tsconfig`: looked for where nothing else stands. */
  readonly #parts: readonly string[];

  /** `exact`: the whole query is looked for as it is. */
  constructor(query: string, terms: QueryTerms, exact: boolean) {
    this.#stems = new Set(exact ? [] : terms.words.map(stemOf));
    this.#initials = new Set([...this.#stems].map((stem) => stem.charAt(0)));
    const literals = exact ? [query] : [...terms.substrings, ...terms.short];
    this.#literals = literals.filter((literal) => literal !== '').map(lowered);
    this.#parts = exact ? [] : terms.words.filter((word) => Array.from(word).length >= SHORTEST_PART);
  }

  /** `chunk`: the part that matched by meaning, shown where no word stands. */
  make(text: string, chunk: Chunk | undefined): Snippet {
    const from = chunk !== undefined && chunk.start > SEARCHED / 2 ? chunk.start : 0;
    const searched = text.slice(from, from + SEARCHED);
    const whole = this.#places(searched, from);
    const places =
      whole.length > 0 || chunk !== undefined ? whole : united(placesOf(this.#parts, searched, from));
    const start = places.length > 0 ? bestStart(places) : (chunk?.start ?? 0);
    return cut(text, start, places);
  }

  #isWanted(word: string): boolean {
    const isAscii = word.charCodeAt(0) < 0x80;
    return (!isAscii || this.#initials.has(word.charAt(0).toLowerCase())) && this.#stems.has(stemOf(word));
  }

  #places(text: string, offset: number): Place[] {
    const places: Place[] = [];
    if (this.#stems.size > 0)
      for (const match of wordsWithPlaces(text))
        if (this.#isWanted(match[0]))
          places.push([offset + match.index, offset + match.index + match[0].length]);
    places.push(...placesOf(this.#literals, text, offset));
    return united(places);
  }
}

const placesOf = (literals: readonly string[], text: string, offset: number): Place[] => {
  const places: Place[] = [];
  if (literals.length === 0) return places;
  const lower = lowered(text);
  for (const literal of literals)
    for (let at = lower.indexOf(literal); at >= 0; at = lower.indexOf(literal, at + literal.length))
      places.push([offset + at, offset + at + literal.length]);
  return places;
};

/** In order, and without overlap. */
const united = (places: readonly Place[]): Place[] => {
  const result: [number, number][] = [];
  for (const [start, end] of [...places].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
};

/** The beginning of the stretch of a snippet's length that holds the most marked text. */
const bestStart = (places: readonly Place[]): number => {
  let best = { start: places[0]?.[0] ?? 0, marked: 0 };
  let last = 0;
  let marked = 0;
  for (let first = 0; first < places.length; first++) {
    const start = places[first]?.[0] ?? 0;
    while (last < places.length && (places[last]?.[1] ?? 0) <= start + LENGTH) {
      marked += (places[last]?.[1] ?? 0) - (places[last]?.[0] ?? 0);
      last++;
    }
    if (marked > best.marked) best = { start, marked };
    if (last > first) marked -= (places[first]?.[1] ?? 0) - start;
    else last = first + 1;
  }
  return best.start;
};

const isLowSurrogate = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

const cut = (text: string, wanted: number, places: readonly Place[]): Snippet => {
  // Some words before the first mark; the whole text where it is short.
  let start = text.length <= LENGTH || wanted < LENGTH / 3 ? 0 : wanted - 40;
  if (start > 0) {
    const space = text.indexOf(' ', start);
    if (space >= 0 && space < wanted) start = space + 1;
  }
  let end = Math.min(text.length, start + LENGTH);
  if (isLowSurrogate(text, start)) start--;
  if (end < text.length && isLowSurrogate(text, end)) end--;
  return {
    text: text.slice(start, end),
    marks: places
      .filter(([from, to]) => from < end && to > start)
      .map(([from, to]) => [Math.max(from, start) - start, Math.min(to, end) - start]),
    truncatedBefore: start > 0,
    truncatedAfter: end < text.length,
  };
};
