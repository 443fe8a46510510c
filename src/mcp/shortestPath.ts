import type { MemoryLink } from '../memory/memory.ts';

export interface PathStep {
  readonly link: MemoryLink;
  /** The hash at its other end. */
  readonly reached: string;
}

/** Fewest links from one memory to another, in whichever direction they point; undefined where there is no way. */
export const shortestPath = (
  links: readonly MemoryLink[],
  from: string,
  to: string,
): PathStep[] | undefined => {
  const steps = new Map<string, PathStep[]>([[from, []]]);
  for (const hash of steps.keys()) {
    const path = steps.get(hash) ?? [];
    if (hash === to) return path;
    // A map is walked in the order of insertion, also through what is added on the way: breadth first.
    for (const link of links)
      for (const [here, reached] of [
        [link.source, link.target],
        [link.target, link.source],
      ] as const)
        if (here === hash && !steps.has(reached)) steps.set(reached, [...path, { link, reached }]);
  }
  return undefined;
};
