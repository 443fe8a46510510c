import type { Memory } from '../../memory/memory.ts';
import type { MemoryStore } from '../../memory/memoryStore.ts';
import { liveSuccessorOf } from '../documents/lineage.ts';
import type { Services } from '../services.ts';
import { type MemoryTree, PAGE } from './memoryTree.ts';
import { DELETED, dayNode, memoryNode, section, type TreeNode } from './nodes.ts';

const LARGEST_PAGE = 1000;

/**
 * The row of a memory under its day, On This Machine, or under Deleted; of an earlier version, which is in no list, that
 * of what it was edited to. The lists above it are made long enough to hold it.
 */
export async function nodeOf(
  { store, connection }: Pick<Services, 'store' | 'connection'>,
  tree: MemoryTree,
  memory: Memory,
): Promise<TreeNode> {
  const { createdAt } = memory;
  const newest = tree.options.order.memories === 'newest';
  // Rows of the same moment may stand before it: the page is a little longer than counted.
  const before = newest ? { from: createdAt } : { to: createdAt };
  const room = 50;
  if (memory.deletedAt !== undefined) {
    const node = await deletedNodeOf(store, tree, memory);
    const later = node === undefined ? await liveSuccessorOf(store, memory.contentHash) : undefined;
    return later ? nodeOf({ store, connection }, tree, later) : (node ?? section('deleted'));
  }
  if (memory.localOnly && connection.target !== undefined) {
    const stays = section('stays');
    tree.want(stays, 'memories', (await store.count({ stays: true, time: before })) + room);
    return memoryNode(memory, stays);
  }
  const recent = section('recent');
  let rows = 0;
  for (let after: string | undefined; ;) {
    const page = await store.days({ order: tree.options.order.memories, limit: LARGEST_PAGE, after });
    const index = page.items.findIndex(({ from, to }) => from <= createdAt && createdAt < to);
    const day = page.items[index];
    if (day !== undefined) {
      tree.want(recent, 'names', rows + index + 1);
      const parent = dayNode(day, rows + index === 0);
      const ahead = await store.count({ time: { from: day.from, to: day.to, ...before } });
      tree.want(parent, 'memories', ahead + room);
      return memoryNode(memory, parent);
    }
    rows += page.items.length;
    if (page.next === undefined) return recent;
    after = page.next;
  }
}

/** Those deleted after it are counted by reading them: no filter is about the time of deletion. */
async function deletedNodeOf(
  store: MemoryStore,
  tree: MemoryTree,
  memory: Memory,
): Promise<TreeNode | undefined> {
  const deleted = section('deleted');
  const query = { filter: DELETED, contentLimit: 0 };
  let ahead = 0;
  for (let after: string | undefined; ;) {
    const page = await store.list({ ...query, limit: after === undefined ? PAGE : LARGEST_PAGE, after });
    const index = page.items.findIndex(({ contentHash }) => contentHash === memory.contentHash);
    if (index >= 0) {
      tree.want(deleted, 'memories', ahead + index + 1);
      return memoryNode(memory, deleted);
    }
    ahead += page.items.length;
    if (page.next === undefined) return undefined;
    after = page.next;
  }
}
