import { CloudflareApiError } from '../cloudflare/errors.ts';
import type { MemoryError } from '../memory/errors.ts';

const setVariable = (variable: string, option: string): string =>
  `Check ${variable}, or run edge-memory connect, which finds or makes it (${option} names another).`;

/** By Cloudflare's own codes: what is wrong tells which variable to correct. */
const byCode: Readonly<Record<number, string>> = {
  7003: 'Check CLOUDFLARE_ACCOUNT_ID: 32 characters, in the address of Cloudflare’s dashboard.',
  7404: setVariable('CLOUDFLARE_D1_DATABASE_ID', '--database-name'),
  3000: setVariable('CLOUDFLARE_VECTORIZE_INDEX', '--index'),
  3005: setVariable('CLOUDFLARE_VECTORIZE_INDEX', '--index'),
  10006: setVariable('CLOUDFLARE_R2_BUCKET', '--r2-bucket'),
  10042:
    'Enable R2 in Cloudflare’s dashboard, or go without: unset CLOUDFLARE_R2_BUCKET, or edge-memory connect --no-bucket.',
  5007: 'Check CLOUDFLARE_EMBEDDING_MODEL: a name such as @cf/baai/bge-base-en-v1.5.',
  40006: 'Set CLOUDFLARE_EMBEDDING_MODEL to the model that the index was made for, or connect another index.',
  40012: 'Set CLOUDFLARE_EMBEDDING_MODEL to the model that the index was made for, or connect another index.',
};

/** What to do next at a terminal, where there are no commands of an editor. */
export const cloudAdvice = (error: MemoryError): string => {
  if (error.code === 'unauthorized')
    return 'Set CLOUDFLARE_API_TOKEN to a valid token; Cloudflare’s dashboard makes them under My Profile, API Tokens.';
  if (error.code === 'embedding-unauthorized')
    return 'Set EDGE_MEMORY_EMBEDDING_KEY to a key that the embedding server takes.';
  const cause = CloudflareApiError.of(error);
  if (cause?.reason === 'd1-missing-table') return 'Run edge-memory connect: it adds what is missing.';
  return byCode[cause?.code ?? 0] ?? error.nextStep;
};
