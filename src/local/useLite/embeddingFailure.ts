import { MemoryError } from '../../memory/errors.ts';

/** What went wrong in the offline embedder, or with its files. */
export const embeddingFailure = (cause: unknown): MemoryError =>
  new MemoryError(
    'embedding-failed',
    `The offline search by meaning failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    'Search by keyword still works. If this happens again, reinstall Edge Memory.',
    { cause },
  );
