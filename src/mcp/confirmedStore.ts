import { MemoryError } from '../memory/errors.ts';
import type { NewMemory } from '../memory/memory.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { AgentStore } from './agentStore.ts';
import type { McpContext } from './mcpContext.ts';
import { overlaidStore } from './overlaidStore.ts';

/** A store that takes new texts only after a person said yes. */
export const confirmedStore = (store: AgentStore, { approval, client }: McpContext): AgentStore => {
  const confirm = async (contents: readonly string[], options?: CallOptions): Promise<void> => {
    if (approval === undefined)
      throw new MemoryError(
        'forbidden',
        'Not stored: a person confirms what agents store, and nobody can be asked: no window is open, and this client puts no questions.',
        'Tell the person, who can open the editor, store it by hand, or change that setting.',
      );
    if (!(await approval.stores(contents, client, options?.signal)))
      throw new MemoryError(
        'forbidden',
        'Not stored: the person said no.',
        'Leave it, or ask the person what to keep.',
      );
  };
  const storeMany = async (memories: readonly NewMemory[], options?: CallOptions) => {
    await confirm(
      memories.map(({ content }) => content),
      options,
    );
    return store.storeMany(memories, options);
  };
  return overlaidStore(store, {
    storeMany,
    store: async (memory, options) => {
      await confirm([memory.content], options);
      return store.store(memory, options);
    },
    update: async (contentHash, patch, options) => {
      if (patch.content !== undefined) await confirm([patch.content], options);
      return store.update(contentHash, patch, options);
    },
  });
};
