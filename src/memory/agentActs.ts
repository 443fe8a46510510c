import { MemoryError } from './errors.ts';
import type { Memory, MemoryPatch, NewLink } from './memory.ts';
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
  | { readonly do: 'delete' | 'restore' | 'purge'; readonly hashes: readonly string[] }
  | { readonly do: 'update'; readonly hash: string; readonly patch: MemoryPatch }
  | { readonly do: 'link'; readonly link: NewLink }
  | { readonly do: 'unlink'; readonly source: string; readonly target: string };

/** Takes an act back. Rejects with a `MemoryError` where what it would change is not there any more. */
export const undoAct = async (store: MemoryStore, { undo }: AgentAct): Promise<void> => {
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
      case 'link':
        await store.link(step.link);
        break;
      case 'unlink':
        await store.unlink(step.source, step.target);
        break;
    }
};

const tooLate = (): MemoryError =>
  new MemoryError(
    'not-found',
    'This can not be undone any more: the memory was changed, deleted or restored since.',
    'Find it in the sidebar, or among the deleted memories, and change it there.',
  );

/** What makes a memory again what it was `before`, of what agents can change. */
export const revertingPatch = (before: Memory, after: Memory): MemoryPatch => ({
  ...(after.content !== before.content && { content: before.content }),
  tags: before.tags,
  memoryType: before.memoryType ?? null,
  metadata: {
    ...Object.fromEntries(Object.keys(after.metadata).map((key) => [key, null])),
    ...before.metadata,
  },
  source: before.source,
});
