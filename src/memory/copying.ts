import type { Memory, NewMemory } from './memory.ts';
import type { MemoryStore } from './memoryStore.ts';
import type { CallOptions } from './ports.ts';

/** Memories that one batch stores: few requests, and little to repeat after a failure. */
const BATCH = 200;

type From = Pick<MemoryStore, 'list' | 'get'>;
type To = Pick<MemoryStore, 'get' | 'storeMany'>;

export interface CopyOptions extends CallOptions {
  /** Called after each batch with how many of the memories are there by now. */
  readonly onBatch?: ((done: number) => void) | undefined;
}

/** How many live memories may leave; those of a single batch that are in the other store already are left out. */
export const countMovable = async (from: From, to: To, options?: CallOptions): Promise<number> => {
  let movable = 0;
  const hashes: string[] = [];
  for await (const page of pagesOf(from, 1000, options)) {
    movable += page.length;
    if (movable <= BATCH) hashes.push(...hashesOf(page));
  }
  if (movable === 0 || movable > BATCH) return movable;
  return movable - (await to.get(hashes, options)).length;
};

/**
 * Copies every live memory that may leave, oldest first; answers how many are in the other store now. Safe to repeat,
 * and goes on where it was interrupted: what is there already is not sent again.
 */
export const copyMovable = async (
  from: From,
  to: To,
  { onBatch, ...options }: CopyOptions = {},
): Promise<number> => {
  const background = { ...options, priority: 'background' } as const;
  let done = 0;
  for await (const page of pagesOf(from, BATCH, options)) {
    const known = new Set((await to.get(hashesOf(page), background)).map(hashOf));
    const missing = page.filter((memory) => !known.has(memory.contentHash));
    const whole = await from.get(hashesOf(missing), options);
    // Marked meanwhile: asked again at the last moment.
    const leaving = whole.filter(({ localOnly, deletedAt }) => !localOnly && deletedAt === undefined);
    if (leaving.length > 0) await to.storeMany(leaving.map(asNew), background);
    done += page.length;
    onBatch?.(done);
  }
  return done;
};

/** Live memories that may leave the machine. */
async function* pagesOf(from: From, limit: number, options?: CallOptions): AsyncGenerator<Memory[]> {
  let after: string | undefined;
  do {
    const page = await from.list({ order: 'oldest', limit, after, contentLimit: 0 }, options);
    const movable = page.items.filter(({ localOnly }) => !localOnly);
    if (movable.length > 0) yield movable;
    after = page.next;
  } while (after !== undefined);
}

const hashOf = ({ contentHash }: Memory): string => contentHash;
const hashesOf = (memories: readonly Memory[]): string[] => memories.map(hashOf);

const asNew = ({ content, tags, memoryType, metadata, createdAt, pinned, source }: Memory): NewMemory => ({
  content,
  tags,
  memoryType,
  metadata,
  createdAt,
  pinned,
  source,
});
