import type { Place } from './d1Databases.ts';
import type { Resources } from './provision.ts';

export interface WantedNames extends Place {
  readonly database: string;
  readonly index: string;
  /** Null: none. */
  readonly bucket: string | null;
  readonly dimensions: number;
}

/** The guide's commands for what an account lacks, for somebody who may create it. */
export const wranglerLines = (
  { databases, indexes, buckets }: Resources,
  { database, index, bucket, dimensions, ...place }: WantedNames,
): string[] => [
  ...(databases.some(({ id, name }) => id === database || name === database)
    ? []
    : [`npx wrangler d1 create ${database}${flagsOf(place)}`]),
  ...(indexes.some(({ name }) => name === index)
    ? []
    : [`npx wrangler vectorize create ${index} --dimensions=${dimensions} --metric=cosine`]),
  ...(bucket === null || buckets?.includes(bucket) === true
    ? []
    : [`npx wrangler r2 bucket create ${bucket}${flagsOf(place)}`]),
];

/** A jurisdiction goes before a hint, as it does at Cloudflare. */
const flagsOf = ({ locationHint, jurisdiction }: Place): string => {
  if (jurisdiction !== undefined) return ` --jurisdiction=${jurisdiction}`;
  return locationHint === undefined ? '' : ` --location=${locationHint}`;
};
