import type { SearchHit, SearchQuery } from '../memory.ts';
import { type QueryTerms, queryTermsOf, stemOf, wordsWithPlaces } from './queryTerms.ts';
import { DEFAULT_LIMIT, withLimit } from './searcher.ts';

/** How much of what was asked a memory holds, 0…1. */
const coverageOf = ({ words, substrings, short }: QueryTerms, { memory }: SearchHit): number => {
  const text = [memory.content, ...memory.tags].join(' ').toLowerCase();
  const stems = new Set([...wordsWithPlaces(text)].map(([word]) => stemOf(word)));
  const found = [
    ...words.map((word) => stems.has(stemOf(word))),
    ...[...substrings, ...short].map((part) => text.includes(part.toLowerCase())),
  ];
  return found.length === 0 ? 1 : found.filter(Boolean).length / found.length;
};

/**
 * Hits of a store with few memories, which come with their whole content, among those of a large one; best first, those
 * of the few first among equals. A place in a short list says little: the score of the few is lowered by what they lack
 * of the question, in words and in meaning. Their similarities are left out, as those of another model can't be compared.
 * A memory of both is a hit once, as the few have it.
 */
export const mergeHits = (
  { query, limit = DEFAULT_LIMIT, contentLimit }: SearchQuery,
  many: readonly SearchHit[],
  few: readonly SearchHit[],
): SearchHit[] => {
  const terms = queryTermsOf(query);
  const weighed = few.map(({ similarity = 0, ...hit }) => {
    const fits = hit.match === 'exact' ? 1 : Math.max(similarity, coverageOf(terms, hit));
    const memory = withLimit(hit.memory, contentLimit);
    return { ...hit, memory, score: hit.score * Math.min(1, fits) };
  });
  const known = new Set(few.map(({ memory }) => memory.contentHash));
  const others = many.filter(({ memory }) => !known.has(memory.contentHash));
  return [...weighed, ...others].sort((a, b) => b.score - a.score).slice(0, limit);
};
