import type { LineageStep, Memory } from '../../memory/memory.ts';
import type { MemoryStore } from '../../memory/memoryStore.ts';

/** What a content was edited to, and that again, the latest edit of each first. A superseded memory lives on. */
export function successorsOf(hash: string, steps: readonly LineageStep[]): string[] {
  const found = new Set<string>();
  const follow = (from: string): void => {
    const next = steps
      .filter(({ contentHash, reason }) => contentHash === from && reason === 'edited')
      .toSorted((a, b) => b.at - a.at);
    for (const { replacedBy } of next)
      if (replacedBy !== hash && !found.has(replacedBy)) {
        found.add(replacedBy);
        follow(replacedBy);
      }
  };
  follow(hash);
  return [...found];
}

/** What a content was edited to and lives now, or one of the `others`. */
export async function liveSuccessorOf(
  store: Pick<MemoryStore, 'get' | 'history'>,
  hash: string,
  others: readonly string[] = [],
): Promise<Memory | undefined> {
  const later = await store.get([...successorsOf(hash, await store.history(hash)), ...others]);
  return later.find(({ deletedAt }) => deletedAt === undefined);
}

/** What was edited to a content, and to that again: each with when it was edited last, the latest first. Seconds. */
export function predecessorsOf(hash: string, steps: readonly LineageStep[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const follow = (to: string): void => {
    for (const { contentHash, replacedBy, reason, at } of steps) {
      if (replacedBy !== to || reason !== 'edited' || contentHash === hash) continue;
      const known = found.get(contentHash);
      if (known === undefined || known < at) found.set(contentHash, at);
      if (known === undefined) follow(contentHash);
    }
  };
  follow(hash);
  return new Map([...found].sort(([, a], [, b]) => b - a));
}
