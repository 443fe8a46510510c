import type { Resources } from './provision.ts';

export interface WantedNames {
  readonly database: string;
  readonly index: string;
  /** Null: none. */
  readonly bucket: string | null;
  readonly dimensions: number;
}

/** The guide's commands for what an account lacks, for somebody who may create it. */
export const wranglerLines = (
  { databases, indexes, buckets }: Resources,
  { database, index, bucket, dimensions }: WantedNames,
): string[] => [
  ...(databases.some(({ id, name }) => id === database || name === database)
    ? []
    : [`npx wrangler d1 create ${database}`]),
  ...(indexes.some(({ name }) => name === index)
    ? []
    : [`npx wrangler vectorize create ${index} --dimensions=${dimensions} --metric=cosine`]),
  ...(bucket === null || buckets?.includes(bucket) === true
    ? []
    : [`npx wrangler r2 bucket create ${bucket}`]),
];
