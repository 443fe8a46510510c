import { randomUUID } from 'node:crypto';
import { type AgentAct, leftIn, revertingPatch, rewriting, type UndoStep } from '../memory/agentActs.ts';
import { contentHashOf } from '../memory/contentHash.ts';
import type { Memory, MemoryLink, NewMemory, StoreResult } from '../memory/memory.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { AgentStore } from './agentStore.ts';
import type { McpContext } from './mcpContext.ts';
import { overlaidStore } from './overlaidStore.ts';

type UpdateStep = Extract<UndoStep, { do: 'update' }>;

/** A store that tells what is done to it, with the way back. */
export const recordedStore = (
  store: AgentStore,
  { client, person, project }: McpContext,
  record: (act: AgentAct) => Promise<void>,
): AgentStore => {
  const tell = (kind: AgentAct['kind'], hashes: readonly string[], undo: readonly UndoStep[]) =>
    record({ id: randomUUID(), at: Date.now() / 1000, client, person, project, kind, hashes, undo });

  const tellStored = async (
    memories: readonly NewMemory[],
    before: readonly Memory[],
    results: readonly StoreResult[],
    options?: CallOptions,
  ): Promise<void> => {
    const merged = new Set(
      results.flatMap(({ outcome, contentHash }) => (outcome === 'merged' ? [contentHash] : [])),
    );
    const superseding = new Set(supersedingOf(memories, results));
    const read = [...new Set([...merged, ...superseding])];
    const after = read.length === 0 ? [] : await store.get(read, options);
    const former = new Map(before.map((memory) => [memory.contentHash, memory]));
    const changes = after
      .filter(({ contentHash }) => merged.has(contentHash))
      .flatMap((memory) => reverting(former.get(memory.contentHash), memory))
      .filter(changesSomething);
    const changed = new Set([...changes.map(({ hash }) => hash), ...hashesThatSupersede(memories)]);
    const hashes = results.flatMap(({ outcome, contentHash }) =>
      outcome !== 'merged' || changed.has(contentHash) ? [contentHash] : [],
    );
    // Nobody needs to hear of what was there already.
    if (hashes.length === 0) return;
    const superseded = after.filter(({ contentHash }) => superseding.has(contentHash));
    await tell('stored', hashes, [...undoOfNew(results, superseded), ...changes]);
  };

  const storeMany = async (memories: readonly NewMemory[], given?: CallOptions): Promise<StoreResult[]> => {
    const hashes = [...new Set(memories.map(({ content }) => contentHashOf(content)))];
    const before = await store.get(hashes, given);
    const options = toTheEnd(given);
    const results = await store.storeMany(memories, options).catch(async (error: unknown) => {
      const done = resultsOf(before, await store.get(hashes, options).catch(() => []));
      if (done.length > 0) await tellStored(memories, before, done, options);
      throw error;
    });
    await tellStored(memories, before, results, options);
    return results;
  };

  const edge = async (
    source: string,
    target: string,
    options?: CallOptions,
  ): Promise<MemoryLink | undefined> =>
    (await store.related(source, 1, options)).find(
      (link) => link.source === source && link.target === target,
    );

  return overlaidStore(store, {
    storeMany,
    store: async (memory, options) => {
      const [result] = await storeMany([memory], options);
      if (result === undefined) throw new Error('storing one memory gave no result');
      return result;
    },
    update: async (contentHash, patch, options) => {
      const next = patch.content === undefined ? [] : [contentHashOf(patch.content)];
      const before = await store.get([...new Set([contentHash, ...next])], options);
      const memory = await store.update(contentHash, patch, toTheEnd(options));
      await tell('updated', [memory.contentHash], undoOfUpdate(contentHash, before, memory));
      return memory;
    },
    delete: async (contentHashes, given) => {
      const options = toTheEnd(given);
      const tellDeleted = async (hashes: readonly string[]): Promise<void> => {
        if (hashes.length > 0) await tell('deleted', hashes, [{ do: 'restore', hashes }]);
      };
      const begun = Date.now() / 1000;
      const hashes = await store.delete(contentHashes, options).catch(async (error: unknown) => {
        const there = await store.get(contentHashes, options).catch(() => []);
        const gone = there.filter(({ deletedAt = 0 }) => deletedAt >= begun);
        await tellDeleted(gone.map(({ contentHash }) => contentHash));
        throw error;
      });
      await tellDeleted(hashes);
      return hashes;
    },
    link: async (given, options) => {
      const before = await edge(given.source, given.target, options);
      const link = await store.link(given, toTheEnd(options));
      const { source, target } = link;
      await tell(
        'linked',
        [source, target],
        [before ? { do: 'link', link: before } : { do: 'unlink', source, target }],
      );
      return link;
    },
    unlink: async (source, target, options) => {
      const before = await edge(source, target, options);
      const isUnlinked = await store.unlink(source, target, toTheEnd(options));
      if (isUnlinked) await tell('unlinked', [source, target], before ? [{ do: 'link', link: before }] : []);
      return isUnlinked;
    },
  });
};

/** For a write that has begun: who gives up waiting for it still has to be told later what it did. */
const toTheEnd = ({ signal, ...options }: CallOptions = {}): CallOptions => {
  signal?.throwIfAborted();
  return options;
};

/** Of a call that failed, what it stored all the same. */
const resultsOf = (before: readonly Memory[], after: readonly Memory[]): StoreResult[] => {
  const former = new Map(before.map((memory) => [memory.contentHash, memory]));
  return after.flatMap(({ contentHash, updatedAt, deletedAt }) => {
    const old = former.get(contentHash);
    if (deletedAt !== undefined || old?.updatedAt === updatedAt) return [];
    const outcome = old === undefined ? 'stored' : old.deletedAt === undefined ? 'merged' : 'revived';
    return [{ contentHash, outcome } as const];
  });
};

/** Hashes of those that were added and replaced another one. */
const supersedingOf = (memories: readonly NewMemory[], results: readonly StoreResult[]): string[] => {
  const added = new Set(
    results.flatMap(({ outcome, contentHash }) => (outcome === 'merged' ? [] : [contentHash])),
  );
  return hashesThatSupersede(memories).filter((hash) => added.has(hash));
};

const hashesThatSupersede = (memories: readonly NewMemory[]): string[] =>
  memories.filter(({ supersedes }) => supersedes !== undefined).map(({ content }) => contentHashOf(content));

const undoOfNew = (results: readonly StoreResult[], superseding: readonly Memory[]): UndoStep[] => {
  const added = results.flatMap(({ outcome, contentHash }) => (outcome === 'merged' ? [] : [contentHash]));
  const gone = superseding.map(({ contentHash }) => contentHash);
  return [
    ...(added.length > 0 ? [{ do: 'delete', hashes: added } as const] : []),
    // What it replaced stands above it again only when it is gone for good.
    ...(gone.length > 0 ? [{ do: 'purge', hashes: gone, left: leftIn(superseding) } as const] : []),
  ];
};

const undoOfUpdate = (contentHash: string, before: readonly Memory[], after: Memory): UndoStep[] => {
  const kept = reverting(
    before.find((memory) => memory.contentHash === after.contentHash),
    after,
  );
  if (after.contentHash === contentHash) return kept;
  // A text with another hash is another record, for which the old one was deleted.
  const old = before.find((memory) => memory.contentHash === contentHash);
  return kept.length === 0 && old
    ? [rewriting(old, after)]
    : [...kept, { do: 'restore', hashes: [contentHash] }];
};

/** Of a memory that was live before, the way back to what it was. */
const reverting = (before: Memory | undefined, after: Memory): UpdateStep[] => {
  if (before === undefined || before.deletedAt !== undefined) return [];
  const patch = revertingPatch(before, after);
  return [{ do: 'update', hash: after.contentHash, patch, left: leftIn([after], patch) }];
};

/** Files that are ingested again leave most memories as they were. */
const changesSomething = (step: UpdateStep): boolean =>
  Object.values<unknown>({ ...step.patch }).some(
    (part) => typeof part !== 'object' || part === null || Object.keys(part).length > 0,
  );
