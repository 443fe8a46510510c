import type { LineageStep } from '../../memory/memory.ts';

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
