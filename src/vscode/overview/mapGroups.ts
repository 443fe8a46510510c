import type { Memory } from '../../memory/memory.ts';
import { plainTagsOf, projectsOf } from '../../memory/projects.ts';
import { type Grouping, type Groups, NO_GROUP } from '../../shared/overviewProtocol.ts';

/** As many as can be told apart by colour and shape. */
const NAMED = 9;

/** What the points of the map can be coloured by. `shortName` makes a name fit to be shown. */
export const mapGroups = (
  memories: readonly Pick<Memory, 'tags' | 'memoryType'>[],
  shortName: (name: string) => string,
): Record<Grouping, Groups> => ({
  tags: groupsOf(
    memories.map(({ tags }) => plainTagsOf(tags)),
    shortName,
  ),
  types: groupsOf(
    memories.map(({ memoryType }) => (memoryType === undefined ? [] : [memoryType])),
    shortName,
  ),
  projects: groupsOf(
    memories.map(({ tags }) => projectsOf(tags)),
    shortName,
  ),
});

const groupsOf = (names: readonly (readonly string[])[], shortName: (name: string) => string): Groups => {
  const counts = new Map<string, number>();
  for (const name of names.flat()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const top = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, NAMED);
  const places = new Map(top.map(([name], i) => [name, i]));
  return {
    names: top.map(([name, count]) => ({ name, label: shortName(name), count })),
    // Of several, the rarest says most.
    of: Uint8Array.from(
      names,
      (own) => own.reduce((so, name) => Math.max(so, places.get(name) ?? -1), -1) & NO_GROUP,
    ),
    has: Uint16Array.from(names, (own) =>
      own.reduce((so, name) => so | (places.has(name) ? 1 << (places.get(name) ?? 0) : 0), 0),
    ),
  };
};
