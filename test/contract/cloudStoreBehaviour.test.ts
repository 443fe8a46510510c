import type { LocalStore } from '../../src/local/localStore.ts';
import type { MemoryStore } from '../../src/memory/memoryStore.ts';
import { useStore } from '../unit/support/testStore.ts';
import { useCloud } from './cloudStoreFixture.ts';
import { storeCases } from './storeCases.ts';

/** The embedded store as it is once its background has embedded what was stored. */
const embeddingAtOnce = (store: LocalStore): MemoryStore =>
  new Proxy<MemoryStore>(store, {
    get: (_, name) => {
      const method: unknown = Reflect.get(store, name);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => {
        const answer: unknown = Reflect.apply(method, store, given);
        return answer instanceof Promise ? answer.finally(() => store.embedPending()) : answer;
      };
    },
  });

describe('a store on Cloudflare', () => {
  const cloud = useCloud();
  for (const [name, run] of Object.entries(storeCases)) it(name, async () => run(await cloud.open()));
});

describe('a store on Cloudflare where Vectorize shows writes two minutes later', () => {
  const cloud = useCloud({ settings: { visibilityDelayMs: 120_000 } });
  for (const [name, run] of Object.entries(storeCases)) it(name, async () => run(await cloud.open()));
});

describe('a store on this computer, of which the same is expected', () => {
  const test = useStore();
  for (const [name, run] of Object.entries(storeCases)) it(name, () => run(embeddingAtOnce(test.store)));
});
