import type { AgentStore } from './agentStore.ts';

const METHODS = [
  'store',
  'storeMany',
  'search',
  'get',
  'resolve',
  'list',
  'count',
  'update',
  'delete',
  'link',
  'unlink',
  'related',
  'facets',
  'stats',
  'verify',
] as const satisfies readonly (keyof AgentStore)[];

/** The same store with some methods replaced. */
export const overlaidStore = (store: AgentStore, methods: Partial<AgentStore>): AgentStore => ({
  ...(Object.fromEntries(METHODS.map((name) => [name, store[name].bind(store)])) as unknown as AgentStore),
  ...methods,
});
