import { randomUUID } from 'node:crypto';
import { type AgentAct, revertingPatch, type UndoStep } from '../memory/agentActs.ts';
import { contentHashOf } from '../memory/contentHash.ts';
import type { Memory, MemoryLink, NewMemory, StoreResult } from '../memory/memory.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { AgentStore } from './agentStore.ts';
import type { McpContext } from './mcpContext.ts';
import { overlaidStore } from './overlaidStore.ts';

/** A store that tells what is done to it, with the way back. */
export const recordedStore = (
  store: AgentStore,
  { client, person, project }: McpContext,
  record: (act: AgentAct) => Promise<void>,
): AgentStore => {
  const tell = (kind: AgentAct['kind'], hashes: readonly string[], undo: readonly UndoStep[]) =>
    record({ id: randomUUID(), at: Date.now() / 1000, client, person, project, kind, hashes, undo });

  const storeMany = async (memories: readonly NewMemory[], options?: CallOptions): Promise<StoreResult[]> => {
    const before = await store.get(
      memories.map(({ content }) => contentHashOf(content)),
      options,
    );
    const results = await store.storeMany(memories, options);
    const merged = results.flatMap(({ outcome, contentHash }) => (outcome === 'merged' ? [contentHash] : []));
    const after = merged.length === 0 ? [] : await store.get(merged, options);
    const hashes = results.map(({ contentHash }) => contentHash);
    await tell('stored', hashes, [
      ...undoOfNew(memories, results),
      ...after.flatMap((memory) => reverting(before, memory)),
    ]);
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
      const memory = await store.update(contentHash, patch, options);
      const hash = memory.contentHash;
      const kept = reverting(before, memory);
      // A text with another hash is another record: the old one was deleted for it.
      const replaced: UndoStep[] = [
        ...(kept.length === 0 ? [{ do: 'delete', hashes: [hash] } as const] : []),
        { do: 'restore', hashes: [contentHash] },
      ];
      await tell('updated', [hash], [...kept, ...(hash === contentHash ? [] : replaced)]);
      return memory;
    },
    delete: async (contentHashes, options) => {
      const hashes = await store.delete(contentHashes, options);
      if (hashes.length > 0) await tell('deleted', hashes, [{ do: 'restore', hashes }]);
      return hashes;
    },
    link: async (given, options) => {
      const before = await edge(given.source, given.target, options);
      const link = await store.link(given, options);
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
      const isUnlinked = await store.unlink(source, target, options);
      if (isUnlinked) await tell('unlinked', [source, target], before ? [{ do: 'link', link: before }] : []);
      return isUnlinked;
    },
  });
};

const undoOfNew = (memories: readonly NewMemory[], results: readonly StoreResult[]): UndoStep[] => {
  const hashesOf = (isMeant: (i: number) => boolean): string[] =>
    results.flatMap(({ outcome, contentHash }, i) =>
      outcome !== 'merged' && isMeant(i) ? [contentHash] : [],
    );
  const added = hashesOf(() => true);
  // What it replaced stands above it again only when it is gone for good.
  const superseding = hashesOf((i) => memories[i]?.supersedes !== undefined);
  return [
    ...(added.length > 0 ? [{ do: 'delete', hashes: added } as const] : []),
    ...(superseding.length > 0 ? [{ do: 'purge', hashes: superseding } as const] : []),
  ];
};

/** Of a memory that was live before, the way back to what it was. */
const reverting = (before: readonly Memory[], after: Memory): UndoStep[] => {
  const old = before.find(
    ({ contentHash, deletedAt }) => contentHash === after.contentHash && deletedAt === undefined,
  );
  return old === undefined
    ? []
    : [{ do: 'update', hash: after.contentHash, patch: revertingPatch(old, after) }];
};
