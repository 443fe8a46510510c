import { stemmer } from 'stemmer';

/** A query, taken apart for the keyword indexes. */
export interface QueryTerms {
  /** For the word index, which stems them: lower-case, unique, without stop words unless there is nothing else. */
  readonly words: readonly string[];
  /** For the trigram index: parts of at least three characters that the word index would miss or split. */
  readonly substrings: readonly string[];
  /** One or two characters that no index knows: CJK words, emoji, `c#`. Looked for in the text itself. */
  readonly short: readonly string[];
}

/** Enough for any question; a pasted page is cut to it. */
const MAX_TERMS = 48;
/** Of a pasted page, as much as can matter. UTF-16 code units. */
const MAX_QUERY = 8192;
/** A run without spaces up to this length may be one term that the segmenter does not know. Characters. */
const LONGEST_TERM = 6;

const STOP_WORDS = new Set(
  `a about above after again all am an and any are as at be because been before being below between both but by can could did do does
   doing down during each few for from further had has have having he her here hers him his how i if in into is it its itself just me
   more most my no nor not now of off on once only or other our out over own same she should so some such than that the their them then
   there these they this those through to too under until up very was we were what when where which while who whom why will with would
   you your`.split(/\s+/),
);

const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;
/** Words joined without a space, as in `eu-west-1`, `snake_case`, `vscode://x`, `foo.bar()`, `c++`. */
const COMPOUND = /[\p{L}\p{N}_$#@][\p{L}\p{N}\p{M}_$#@+.\-/:\\]*/gu;
/** Scripts that write words without spaces between them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;
const PICTURE = /\p{Extended_Pictographic}/u;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const lengthOf = (text: string): number => Array.from(text).length;

const isCodeLike = (compound: string): boolean =>
  /[\d_$#@+.\-/:\\]/.test(compound.slice(0, -1)) || /[#+]$/.test(compound) || /\p{Ll}\p{Lu}/u.test(compound);

/** Words of a run without spaces; single characters are mostly particles, so they count only where there is nothing else. */
const segmentsOf = (run: string): string[] => {
  const words = [...segmenter.segment(run)].map(({ segment }) => segment);
  const longer = words.filter((word) => lengthOf(word) > 1);
  return longer.length > 0 ? longer : words;
};

export const queryTermsOf = (query: string): QueryTerms => {
  const text = query.slice(0, MAX_QUERY).toWellFormed();
  const words = new Set<string>();
  const substrings = new Set<string>();
  const short = new Set<string>();
  const literal = (term: string) => (lengthOf(term) >= 3 ? substrings : short).add(term);

  for (const [run] of text.matchAll(UNSPACED)) {
    if (lengthOf(run) <= LONGEST_TERM) literal(run);
    segmentsOf(run).forEach(literal);
  }
  for (const [word] of text.matchAll(WORD)) words.add(word.toLowerCase());
  for (const [match] of text.matchAll(COMPOUND)) {
    const compound = match.replace(/[.\-/:\\]+$/, '');
    if (isCodeLike(compound)) literal(compound);
  }
  for (const { segment } of graphemes.segment(text)) if (PICTURE.test(segment)) literal(segment);

  const meaningful = [...words].filter((word) => !STOP_WORDS.has(word));
  return {
    words: (meaningful.length > 0 ? meaningful : [...words]).slice(0, MAX_TERMS),
    substrings: [...substrings].slice(0, MAX_TERMS),
    short: [...short].slice(0, 8),
  };
};

/** A quoted FTS5 string: nothing inside it is syntax. */
export const quoteForFts = (term: string): string => `"${term.replaceAll('"', '""')}"`;

export const anyOf = (terms: readonly string[]): string => terms.map(quoteForFts).join(' OR ');

/** How the word index sees a word, so that snippets mark what it matched. */
export const stemOf = (word: string): string =>
  stemmer(word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase());

export const wordsWithPlaces = (text: string): IterableIterator<RegExpExecArray> => text.matchAll(WORD);
