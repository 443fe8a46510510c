import { createHash } from 'node:crypto';
import { MemoryError } from './errors.ts';
import type { JsonObject, Memory, MemoryPatch, NewLink } from './memory.ts';
import type { MemoryStore } from './memoryStore.ts';

/** One thing that an agent did to memories, and how it is taken back. It holds hashes, and content only where nothing else brings it back. */
export interface AgentAct {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly at: number;
  readonly client: string;
  readonly person?: string | undefined;
  readonly project?: string | undefined;
  readonly kind: 'stored' | 'updated' | 'deleted' | 'linked' | 'unlinked';
  /** The memories that it left or took away. */
  readonly hashes: readonly string[];
  /** In this order. */
  readonly undo: readonly UndoStep[];
}

export type UndoStep =
  /** `left` is there where more than what the act made could be lost. */
  | {
      readonly do: 'delete' | 'restore' | 'purge';
      readonly hashes: readonly string[];
      readonly left?: string | undefined;
    }
  | { readonly do: 'update'; readonly hash: string; readonly patch: MemoryPatch; readonly left: string }
  /** An edit made another record: it takes over the text of the one that was deleted for it, and with that its hash. */
  | {
      readonly do: 'rewrite';
      readonly hash: string;
      readonly as: string;
      readonly patch: MemoryPatch;
      readonly left: string;
    }
  | { readonly do: 'link'; readonly link: NewLink }
  | { readonly do: 'unlink'; readonly source: string; readonly target: string };

/** How many memories a client stored, changed and deleted. */
export interface ActCounts {
  readonly client: string;
  readonly stored: number;
  readonly changed: number;
  readonly deleted: number;
}

const COUNTED = { stored: 'stored', updated: 'changed', deleted: 'deleted' } as const;

/** By client, the most active first; what was undone does not count, and no links. */
export const countActs = (acts: readonly (AgentAct & { readonly undone: boolean })[]): ActCounts[] => {
  const counts = new Map<string, ActCounts>();
  for (const { client, kind, hashes, undone } of acts) {
    if (undone || kind === 'linked' || kind === 'unlinked') continue;
    const before = counts.get(client) ?? { client, stored: 0, changed: 0, deleted: 0 };
    const what = COUNTED[kind];
    counts.set(client, { ...before, [what]: before[what] + hashes.length });
  }
  const sum = ({ stored, changed, deleted }: ActCounts): number => stored + changed + deleted;
  return [...counts.values()].sort((a, b) => sum(b) - sum(a));
};

/** Takes an act back. Rejects with a `MemoryError` (`conflict`) where somebody changed since what it would change. */
export const undoAct = async (store: MemoryStore, { undo }: AgentAct): Promise<void> => {
  for (const step of undo) if (!(await isAsLeft(store, step))) throw tooLate();
  for (const step of undo)
    switch (step.do) {
      case 'delete':
      case 'restore':
        if ((await store[step.do](step.hashes)).length === 0) throw tooLate();
        break;
      case 'purge':
        await store.purge(step.hashes);
        break;
      case 'update':
        await store.update(step.hash, step.patch);
        break;
      case 'rewrite':
        await rewrite(store, step);
        break;
      case 'link':
        await store.link(step.link);
        break;
      case 'unlink':
        await store.unlink(step.source, step.target);
        break;
    }
};

/** Where it is kept which acts were taken back. */
export interface UndoLog {
  /** Their ids. */
  undone(): Promise<ReadonlySet<string>>;
  markUndone(act: AgentAct): Promise<void>;
}

/**
 * Takes acts back that were not yet, the last one first, and passes over those for which it is too late. Answers how
 * many are taken back now.
 */
export const undoAll = async (
  store: MemoryStore,
  log: UndoLog,
  acts: readonly AgentAct[],
): Promise<{ undone: number; tooLate: MemoryError[] }> => {
  const former = await log.undone();
  const late: MemoryError[] = [];
  for (const act of acts.filter(({ id }) => !former.has(id)).sort((a, b) => b.at - a.at))
    try {
      await undoAct(store, act);
      await log.markUndone(act);
    } catch (error) {
      if (!MemoryError.is(error, 'conflict') && !MemoryError.is(error, 'not-found')) throw error;
      late.push(error);
    }
  return { undone: acts.length - late.length, tooLate: late };
};

const tooLate = (): MemoryError =>
  new MemoryError(
    'conflict',
    'This can not be undone any more: the memory was changed, deleted or restored since.',
    'Find it in the sidebar, or among the deleted memories, and change it there.',
  );

/** Links and what it had superseded come along, where a deletion would lose them. */
const rewrite = async (
  store: MemoryStore,
  { hash, as, patch }: UndoStep & { readonly do: 'rewrite' },
): Promise<void> => {
  const [old] = await deleted(store, [as]);
  if (old === undefined) throw tooLate();
  await store.update(hash, { ...patch, content: old.content });
};

/** A step whose text to bring back is gone must be known before any other one takes away what is there. */
const isAsLeft = async (store: MemoryStore, step: UndoStep): Promise<boolean> => {
  switch (step.do) {
    case 'update':
      return leftIn(await live(store, [step.hash]), step.patch) === step.left;
    case 'rewrite':
      return (
        leftIn(await live(store, [step.hash])) === step.left && (await deleted(store, [step.as])).length > 0
      );
    case 'restore':
      return (await deleted(store, step.hashes)).length > 0;
    case 'delete':
    case 'purge':
      return step.left === undefined || leftIn(await live(store, step.hashes)) === step.left;
    case 'link':
    case 'unlink':
      return true;
  }
};

const deleted = async (store: MemoryStore, hashes: readonly string[]): Promise<Memory[]> =>
  (await store.get(hashes)).filter(({ deletedAt }) => deletedAt !== undefined);

const live = async (store: MemoryStore, hashes: readonly string[]): Promise<Memory[]> =>
  (await store.get(hashes)).filter(({ deletedAt }) => deletedAt === undefined);

/** What makes a memory again what it was `before`, of what agents can change; nothing of what is the same. */
export const revertingPatch = (before: Memory, after: Memory): MemoryPatch => {
  const without = (tags: readonly string[], others: readonly string[]): string[] =>
    tags.filter((tag) => !others.includes(tag));
  return {
    ...(after.content !== before.content && { content: before.content }),
    addTags: without(before.tags, after.tags),
    removeTags: without(after.tags, before.tags),
    ...(after.memoryType !== before.memoryType && { memoryType: before.memoryType ?? null }),
    metadata: mergePatch(after.metadata, before.metadata),
    // A source that was not there can not be taken away.
    ...(before.source && canonical(after.source) !== canonical(before.source) && { source: before.source }),
  };
};

/** The way back from a text with another hash, which made another record of it. */
export const rewriting = (before: Memory, after: Memory): UndoStep => ({
  do: 'rewrite',
  hash: after.contentHash,
  as: before.contentHash,
  // The text comes from the deleted record: the log holds none where it need not.
  patch: revertingPatch({ ...before, content: after.content }, after),
  left: leftIn([after]),
});

/** What makes `to` of `from` when it is merged into it (RFC 7396). */
const mergePatch = (from: JsonObject, to: JsonObject): JsonObject =>
  Object.fromEntries(
    [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((key) => {
      const [old, next] = [from[key], to[key]];
      if (canonical(old) === canonical(next)) return [];
      return [[key, isObject(old) && isObject(next) ? mergePatch(old, next) : (next ?? null)]];
    }),
  );

/**
 * A digest of what an act left in memories: of the parts that `patch` takes back, or else of all that a person can
 * change. Another one later says that somebody changed them since.
 */
export const leftIn = (memories: readonly Memory[], patch?: MemoryPatch): string =>
  createHash('sha256')
    .update(canonical(Object.fromEntries(memories.map((one) => [one.contentHash, partsOf(one, patch)]))))
    .digest('hex');

const partsOf = (memory: Memory, patch: MemoryPatch | undefined): JsonObject => {
  const { content, memoryType, metadata, source, pinned, localOnly } = memory;
  const tags = [...memory.tags].sort();
  if (patch === undefined) return { content, tags, memoryType, metadata, source, pinned, localOnly };
  const touched = [...(patch.addTags ?? []), ...(patch.removeTags ?? [])];
  return {
    ...('content' in patch && { content }),
    tags: tags.filter((tag) => touched.includes(tag)),
    ...('memoryType' in patch && { memoryType }),
    metadata: Object.keys(patch.metadata ?? {}).map((key) => metadata[key]),
    ...('source' in patch && { source }),
  };
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON that is the same for the same value, whatever the order of its keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
