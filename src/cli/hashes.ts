import { MemoryError } from '../memory/errors.ts';
import type { MemoryStore } from '../memory/memoryStore.ts';
import type { Cli } from './cli.ts';

const ambiguous = (prefix: string, hashes: readonly string[]): MemoryError =>
  new MemoryError(
    'invalid-input',
    `“${prefix}” is the beginning of several memories: ${hashes.map((hash) => hash.slice(0, 16)).join(', ')}.`,
    'Give more of its digits.',
  );

export const noMemory = (prefix: string): MemoryError =>
  new MemoryError(
    'not-found',
    `There is no memory ${prefix}.`,
    'Find its hash with edge-memory search or edge-memory list.',
  );

/** The whole hash of the memory that a person means by its beginning; undefined where there is none. */
export const findHash = async (cli: Cli, store: MemoryStore, typed: string): Promise<string | undefined> => {
  const prefix = typed.toLowerCase();
  const hashes = await store.resolve(prefix, { signal: cli.signal });
  if (hashes.length > 1 && !hashes.includes(prefix)) throw ambiguous(typed, hashes);
  return hashes.includes(prefix) ? prefix : hashes[0];
};

/** The same for several; `missing` are those without a memory. Nothing is chosen where one is ambiguous. */
export const findHashes = async (
  cli: Cli,
  store: MemoryStore,
  typed: readonly string[],
): Promise<{ found: string[]; missing: string[] }> => {
  const found = new Set<string>();
  const missing: string[] = [];
  for (const prefix of typed) {
    const hash = await findHash(cli, store, prefix);
    if (hash === undefined) missing.push(prefix);
    else found.add(hash);
  }
  return { found: [...found], missing };
};
