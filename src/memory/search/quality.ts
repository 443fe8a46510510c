import type { SearchHit } from '../memory.ts';

/** Of a memory that nobody rated. */
const UNRATED = 0.5;

/** 0…1, where mcp-memory-service's rating keeps it. */
const qualityOf = ({ memory }: SearchHit): number => {
  const { quality_score } = memory.metadata;
  return typeof quality_score === 'number' ? Math.min(1, Math.max(0, quality_score)) : UNRATED;
};

/** Hits in the order of score and rating; `weight`, 0…1: how much the rating counts. */
export const byQuality = (hits: readonly SearchHit[], weight: number): SearchHit[] =>
  hits
    .map((hit) => ({ ...hit, score: (1 - weight) * hit.score + weight * qualityOf(hit) }))
    .toSorted((a, b) => b.score - a.score);
