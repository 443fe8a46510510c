/**
 * Of Cloudflare's free plan; which plan an account has, the API does not tell.
 * https://developers.cloudflare.com/vectorize/platform/pricing/, /d1/platform/pricing/ and /workers-ai/platform/pricing/
 */
export const FREE_PLAN = {
  storedDimensions: 5_000_000,
  databaseBytes: 500e6,
  rowsReadPerDay: 5_000_000,
  rowsWrittenPerDay: 100_000,
  neuronsPerDay: 10_000,
} as const;

/** How many vectors of so many dimensions the free plan holds. */
export const freeVectors = (dimensions: number): number =>
  Math.floor(FREE_PLAN.storedDimensions / dimensions);

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
    vectorsHeld: freeVectors(dimensions),
  };
};

/** What models of Workers AI cost: neurons a million tokens. */
const neurons: Readonly<Record<string, number>> = {
  '@cf/baai/bge-small-en-v1.5': 1841,
  '@cf/baai/bge-base-en-v1.5': 6058,
  '@cf/baai/bge-large-en-v1.5': 18_582,
  '@cf/baai/bge-m3': 1075,
};
const BYTES_PER_TOKEN = 4;

/** About what a text of so many bytes costs to embed; undefined for a model whose price is not known. */
export const neuronsFor = (model: string, bytes: number): number | undefined => {
  const price = neurons[model];
  return price === undefined ? undefined : (bytes / BYTES_PER_TOKEN / 1e6) * price;
};
