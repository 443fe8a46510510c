import { MemoryError } from '../memory/errors.ts';
import type { Memory } from '../memory/memory.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { AgentStore } from './agentStore.ts';
import { shortHash } from './answers/memoryEntry.ts';

/** The live memory that a hash or the beginning of one names. */
export const findMemory = async (store: AgentStore, given: string, options: CallOptions): Promise<Memory> => {
  const typed = given.trim().toLowerCase();
  const candidates = /^[0-9a-f]{4,63}$/.test(typed) ? await store.resolve(typed, options) : [given.trim()];
  const live = (await store.get(candidates, options)).filter(({ deletedAt }) => deletedAt === undefined);
  const [memory, ...others] = live;
  if (memory === undefined)
    throw new MemoryError(
      'not-found',
      `There is no memory ${given.slice(0, 70)}.`,
      'Find it with memory_search: it may have been edited, deleted or superseded.',
    );
  if (others.length > 0)
    throw new MemoryError(
      'conflict',
      `${live.length} memories begin with ${typed}.`,
      `Name one: ${live.map(({ contentHash }) => shortHash(contentHash)).join(', ')}.`,
    );
  return memory;
};

export const findHash = async (store: AgentStore, given: string, options: CallOptions): Promise<string> =>
  (await findMemory(store, given, options)).contentHash;
