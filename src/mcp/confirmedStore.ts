import { MemoryError } from '../memory/errors.ts';
import type { Memory, NewMemory } from '../memory/memory.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { AgentStore } from './agentStore.ts';
import type { Approval } from './approval.ts';
import type { McpContext } from './mcpContext.ts';
import { overlaidStore } from './overlaidStore.ts';
import { changeProposal, newProposal } from './proposal.ts';

/** A store that takes new memories and changes only after a person said yes. */
export const confirmedStore = (store: AgentStore, { approval, client }: McpContext): AgentStore => {
  const confirm = async (ask: (approval: Approval) => Promise<boolean>): Promise<void> => {
    if (approval === undefined)
      throw new MemoryError(
        'forbidden',
        'Nothing was stored: a person confirms what agents store, and nobody can be asked: no window is open, and this client puts no questions.',
        'Tell the person, who can open the editor, store it by hand, or change that setting.',
      );
    if (!(await ask(approval)))
      throw new MemoryError(
        'forbidden',
        'Nothing was stored: the person said no.',
        'Leave it, or ask the person what to keep.',
      );
  };
  const confirmNew = async (memories: readonly NewMemory[], options?: CallOptions): Promise<void> => {
    const old = await supersededBy(memories, options);
    const proposals = memories.map((memory) => newProposal(memory, old.get(memory.supersedes ?? '')));
    await confirm((person) => person.stores(proposals, client, options?.signal));
  };
  const supersededBy = async (
    memories: readonly NewMemory[],
    options?: CallOptions,
  ): Promise<ReadonlyMap<string, Memory>> => {
    const hashes = [...new Set(memories.flatMap(({ supersedes }) => supersedes ?? []))];
    const found = hashes.length === 0 ? [] : await store.get(hashes, options);
    return new Map(found.map((memory) => [memory.contentHash, memory]));
  };
  return overlaidStore(store, {
    storeMany: async (memories, options) => {
      if (memories.length > 0) await confirmNew(memories, options);
      return store.storeMany(memories, options);
    },
    store: async (memory, options) => {
      await confirmNew([memory], options);
      return store.store(memory, options);
    },
    update: async (contentHash, patch, options) => {
      const [memory] = await store.get([contentHash], options);
      // What is not there is for the store to say.
      const proposal = memory && changeProposal(memory, patch);
      if (proposal) await confirm((person) => person.changes(proposal, client, options?.signal));
      return store.update(contentHash, patch, options);
    },
  });
};
