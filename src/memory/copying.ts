import type { Memory, MemoryLink, NewMemory } from './memory.ts';
import type { MemoryStore } from './memoryStore.ts';
import type { CallOptions } from './ports.ts';

/** Memories that one batch stores: few requests, and little to repeat after a failure. */
const BATCH = 200;
/** Memories of a page of which only the hashes matter. */
const HASHES = 1000;

type From = Pick<MemoryStore, 'list' | 'get' | 'related'>;
type To = Pick<MemoryStore, 'list' | 'storeMany' | 'link'>;

export interface CopyOptions extends CallOptions {
  /** Called after each batch with how many memories were copied by now. */
  readonly onBatch?: ((copied: number) => void) | undefined;
}

/** How many live memories may leave, and are not in the other store yet. */
export const countMovable = async (
  from: From,
  to: Pick<To, 'list'>,
  options?: CallOptions,
): Promise<number> => {
  const mine: string[] = [];
  for await (const page of movableOf(from, HASHES, options)) mine.push(...page.map(hashOf));
  if (mine.length === 0) return 0;
  const there = await hashesIn(to, options);
  return mine.filter((hash) => !there.has(hash)).length;
};

/**
 * Copies every live memory that may leave and is not there yet, oldest first, with what it replaced and its links;
 * answers how many. What was deleted there stays so. Safe to repeat, and goes on where it was interrupted.
 */
export const copyMovable = async (
  from: From,
  to: To,
  { onBatch, ...options }: CopyOptions = {},
): Promise<number> => {
  const background = { ...options, priority: 'background' } as const;
  const there = await hashesIn(to, background);
  const replaced = new Map<string, string>();
  for await (const page of movableOf(from, HASHES, options))
    for (const { contentHash, supersededBy } of page)
      if (supersededBy !== undefined) replaced.set(supersededBy, contentHash);
  const copied: string[] = [];
  for await (const page of movableOf(from, BATCH, options)) {
    const missing = page.map(hashOf).filter((hash) => !there.has(hash));
    const whole = await from.get(missing, options);
    // Marked meanwhile: asked again at the last moment.
    const leaving = whole.filter(mayLeave);
    if (leaving.length === 0) continue;
    await to.storeMany(
      leaving.map((memory) => asNew(memory, replaced.get(memory.contentHash))),
      background,
    );
    for (const { contentHash } of leaving) {
      there.add(contentHash);
      copied.push(contentHash);
    }
    onBatch?.(copied.length);
  }
  // Both ends have to be there.
  for (const link of await linksOf(from, copied, options))
    if (there.has(link.source) && there.has(link.target)) await to.link(link, background);
  return copied.length;
};

/** Live memories that may leave the machine. */
async function* movableOf(from: From, limit: number, options?: CallOptions): AsyncGenerator<Memory[]> {
  let after: string | undefined;
  do {
    const page = await from.list({ order: 'oldest', limit, after, contentLimit: 0 }, options);
    yield page.items.filter(mayLeave);
    after = page.next;
  } while (after !== undefined);
}

/** All that a store has, deleted ones too. */
const hashesIn = async (store: Pick<To, 'list'>, options?: CallOptions): Promise<Set<string>> => {
  const hashes = new Set<string>();
  for (const state of ['live', 'deleted'] as const) {
    let after: string | undefined;
    do {
      const page = await store.list({ filter: { state }, limit: HASHES, after, contentLimit: 0 }, options);
      for (const { contentHash } of page.items) hashes.add(contentHash);
      after = page.next;
    } while (after !== undefined);
  }
  return hashes;
};

/** The links that touch these memories, each once. */
const linksOf = async (
  from: From,
  hashes: readonly string[],
  options?: CallOptions,
): Promise<MemoryLink[]> => {
  const links = new Map<string, MemoryLink>();
  for (const hash of hashes)
    for (const link of await from.related(hash, 1, options))
      links.set(`${link.source} ${link.target} ${link.relation}`, link);
  return [...links.values()];
};

const hashOf = ({ contentHash }: Memory): string => contentHash;

const mayLeave = ({ localOnly, deletedAt }: Memory): boolean => !localOnly && deletedAt === undefined;

const asNew = (
  { content, tags, memoryType, metadata, createdAt, pinned, source }: Memory,
  supersedes: string | undefined,
): NewMemory => ({ content, tags, memoryType, metadata, createdAt, pinned, source, supersedes });
