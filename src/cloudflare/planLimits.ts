/**
 * Of Cloudflare's free plan; which plan an account has, the API does not tell.
 * https://developers.cloudflare.com/vectorize/platform/pricing/ and /d1/platform/pricing/
 */
export const FREE_PLAN = {
  storedDimensions: 5_000_000,
  databaseBytes: 500e6,
  rowsWrittenPerDay: 100_000,
} as const;

/** Rows that D1 counts as written for a memory with a few tags, each index being one. */
const ROWS_PER_MEMORY = 23;

export interface PlanNeed {
  /** About so many rows are written. */
  readonly rows: number;
  /** Days that this takes on the free plan. */
  readonly days: number;
  /** What the free plan holds in all, of vectors of these dimensions. */
  readonly vectorsHeld: number;
}

/** Of bge-base, the usual model. */
const USUAL_DIMENSIONS = 768;

/** What so many new memories need of the free plan; each has one vector, a long one more. */
export const planNeed = (memories: number, dimensions = USUAL_DIMENSIONS): PlanNeed => {
  const rows = memories * ROWS_PER_MEMORY;
  return {
    rows,
    days: Math.ceil(rows / FREE_PLAN.rowsWrittenPerDay),
    vectorsHeld: Math.floor(FREE_PLAN.storedDimensions / dimensions),
  };
};
