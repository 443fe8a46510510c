import type { MemoryStore } from '../memory/memoryStore.ts';

/** What the tools use of a store. */
export type AgentStore = Pick<
  MemoryStore,
  | 'store'
  | 'storeMany'
  | 'search'
  | 'get'
  | 'resolve'
  | 'list'
  | 'count'
  | 'update'
  | 'delete'
  | 'link'
  | 'unlink'
  | 'related'
  | 'facets'
  | 'stats'
  | 'verify'
>;
