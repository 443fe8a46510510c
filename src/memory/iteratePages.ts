import type { Memory, MemoryFilter } from './memory.ts';
import type { MemoryStore } from './memoryStore.ts';
import { pagesOf } from './pagesOf.ts';
import type { CallOptions } from './ports.ts';

const PAGE = 500;
/** Characters of a content that come with its page; what is longer is read by itself. */
const SHORT = 16_000;
/** Bytes of such contents that are held at once. */
const HELD = 16 * 1024 * 1024;

/** Every memory of a filter with its whole content, oldest first, holding one page at a time. */
export async function* iteratePages(
  store: Pick<MemoryStore, 'list' | 'get'>,
  filter: MemoryFilter,
  options?: CallOptions,
): AsyncGenerator<Memory> {
  const query = { filter, order: 'oldest', limit: PAGE, contentLimit: SHORT } as const;
  for await (const page of pagesOf((after) => store.list({ ...query, after }, options)))
    for (const group of heldTogether(page)) {
      const long = group.filter(isLong).map(({ contentHash }) => contentHash);
      const whole = long.length === 0 ? [] : await store.get(long, options);
      const byHash = new Map(whole.map((memory) => [memory.contentHash, memory]));
      for (const memory of group) {
        // One that was purged meanwhile is none any more.
        const found = isLong(memory) ? byHash.get(memory.contentHash) : memory;
        if (found !== undefined) yield found;
      }
    }
}

/** Not all records say how long their content is. */
const isLong = ({ content, truncated }: Memory): boolean => truncated || content.length >= SHORT;

const heldTogether = (memories: readonly Memory[]): Memory[][] => {
  const groups: Memory[][] = [];
  let bytes = Infinity;
  for (const memory of memories) {
    const own = isLong(memory) ? memory.contentSize : 0;
    if (bytes + own > HELD) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(memory);
    bytes += own;
  }
  return groups;
};
