import { MemoryError } from './errors.ts';
import { groupsOf } from './groups.ts';
import type { Memory, MemoryLink, NewMemory } from './memory.ts';
import type { MemoryStore } from './memoryStore.ts';
import { pagesOf } from './pagesOf.ts';
import type { CallOptions } from './ports.ts';
import { MAX_TAGS } from './tags.ts';

/** Memories that one batch stores: few requests, and little to repeat after a failure. */
const BATCH = 200;
/** Memories of a page of which only the hashes matter. */
const HASHES = 1000;

type From = Pick<MemoryStore, 'list' | 'get' | 'related'>;
type To = Pick<MemoryStore, 'list' | 'storeMany' | 'linkMany'>;

/** What may leave one store and is not in the other yet, as it was when both were looked at. Hashes. */
export interface CopyPlan {
  /** Oldest first. */
  readonly missing: readonly string[];
  /** What the other has, deleted ones too. */
  readonly there: ReadonlySet<string>;
  /** By what replaced it: what it replaced. */
  readonly replaced: ReadonlyMap<string, string>;
}

export interface CopyOptions extends CallOptions {
  /** Called after each batch with how many memories were copied by now. */
  readonly onBatch?: ((copied: number) => void) | undefined;
}

export const planCopy = async (
  from: From,
  to: Pick<To, 'list'>,
  options?: CallOptions,
): Promise<CopyPlan> => {
  const movable: string[] = [];
  const replaced = new Map<string, string>();
  for await (const { contentHash, supersededBy } of movableOf(from, options)) {
    movable.push(contentHash);
    if (supersededBy !== undefined) replaced.set(supersededBy, contentHash);
  }
  const there = movable.length === 0 ? new Set<string>() : await hashesIn(to, options);
  return { missing: movable.filter((hash) => !there.has(hash)), there, replaced };
};

/**
 * Copies what is missing, oldest first, with what it replaced and, after each batch, its links; answers how many.
 * What was deleted there stays so. After an interruption a new plan has what is left. Where the other store refuses
 * some, as too large, all others are copied before it rejects with the reason.
 */
export const copyPlanned = async (
  from: From,
  to: To,
  { missing, there, replaced }: CopyPlan,
  { onBatch, ...options }: CopyOptions = {},
): Promise<number> => {
  const background = { ...options, priority: 'background' } as const;
  const known = new Set(there);
  const refusals: MemoryError[] = [];
  /** Those that are refused are found by halving: all are checked before any is stored. */
  const store = async (memories: readonly Memory[]): Promise<readonly Memory[]> => {
    try {
      await to.storeMany(
        memories.flatMap((memory) => asNew(memory, replaced.get(memory.contentHash))),
        background,
      );
      return memories;
    } catch (error) {
      if (!MemoryError.is(error, 'too-large') && !MemoryError.is(error, 'invalid-input')) throw error;
      if (memories.length > 1) {
        const middle = Math.ceil(memories.length / 2);
        return [...(await store(memories.slice(0, middle))), ...(await store(memories.slice(middle)))];
      }
      refusals.push(error);
      return [];
    }
  };
  let copied = 0;
  for (const batch of groupsOf(missing, BATCH)) {
    // Marked or deleted meanwhile: asked at the last moment.
    const leaving = await store((await from.get(batch, options)).filter(mayLeave));
    if (leaving.length === 0) continue;
    for (const { contentHash } of leaving) known.add(contentHash);
    // The other end may come with a later batch, and the link with it.
    const links = (await linksOf(from, leaving, options)).filter(
      ({ source, target }) => known.has(source) && known.has(target),
    );
    if (links.length > 0) await to.linkMany(links, background);
    copied += leaving.length;
    onBatch?.(copied);
  }
  const [refusal] = refusals;
  if (refusal !== undefined)
    throw new MemoryError(
      refusal.code,
      `All were copied but ${refusals.length.toLocaleString('en')}: ${refusal.message}`,
      refusal.nextStep,
      { cause: refusal },
    );
  return copied;
};

/** Live memories that may leave the machine, oldest first, without their contents. */
async function* movableOf(from: From, options?: CallOptions): AsyncGenerator<Memory> {
  const query = { order: 'oldest', limit: HASHES, contentLimit: 0 } as const;
  for await (const page of pagesOf((after) => from.list({ ...query, after }, options)))
    yield* page.filter(mayLeave);
}

/** All that a store has, deleted ones too. */
const hashesIn = async (store: Pick<To, 'list'>, options?: CallOptions): Promise<Set<string>> => {
  const hashes = new Set<string>();
  for (const state of ['live', 'deleted'] as const) {
    const query = { filter: { state }, limit: HASHES, contentLimit: 0 };
    for await (const page of pagesOf((after) => store.list({ ...query, after }, options)))
      for (const { contentHash } of page) hashes.add(contentHash);
  }
  return hashes;
};

/** The links that touch these memories, each once. */
const linksOf = async (
  from: From,
  memories: readonly Memory[],
  options?: CallOptions,
): Promise<MemoryLink[]> => {
  const links = new Map<string, MemoryLink>();
  for (const { contentHash } of memories)
    for (const link of await from.related(contentHash, 1, options))
      links.set(`${link.source} ${link.target}`, link);
  return [...links.values()];
};

export const mayLeave = ({ localOnly, deletedAt }: Memory): boolean => !localOnly && deletedAt === undefined;

/**
 * To be stored elsewhere as it is here. One that was stored again and again may have more tags than are taken at once: it
 * is stored as often, and merged.
 */
export const asNew = (
  { content, tags, memoryType, metadata, createdAt, pinned, source }: Memory,
  supersedes?: string,
): NewMemory[] => {
  const parts = tags.length <= MAX_TAGS ? [tags] : groupsOf(tags, MAX_TAGS);
  return parts.map((part) => ({
    content,
    tags: part,
    memoryType,
    metadata,
    createdAt,
    pinned,
    source,
    supersedes,
  }));
};
