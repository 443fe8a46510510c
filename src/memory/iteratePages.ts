import type { Memory, MemoryFilter, Page } from './memory.ts';
import type { MemoryStore } from './memoryStore.ts';
import type { CallOptions } from './ports.ts';

const PAGE = 500;

/** Every memory of a filter with its whole content, oldest first, holding one page at a time. */
export async function* iteratePages(
  store: Pick<MemoryStore, 'list' | 'get'>,
  filter: MemoryFilter,
  options?: CallOptions,
): AsyncGenerator<Memory> {
  for (let after: string | undefined; ;) {
    const page: Page<Memory> = await store.list({ filter, order: 'oldest', limit: PAGE, after }, options);
    for (const memory of page.items)
      yield memory.truncated ? ((await store.get([memory.contentHash], options))[0] ?? memory) : memory;
    if (page.next === undefined) return;
    after = page.next;
  }
}
