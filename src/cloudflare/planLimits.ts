/**
 * Of Cloudflare's free plan; which plan an account has, the API does not tell.
 * https://developers.cloudflare.com/vectorize/platform/pricing/ and /d1/platform/pricing/
 */
export const FREE_PLAN = {
  storedDimensions: 5_000_000,
  databaseBytes: 500e6,
  rowsWrittenPerDay: 100_000,
} as const;
