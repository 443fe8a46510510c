import type { MemoryFilter, TimeRange } from '../../memory/memory.ts';
import type { TreeFilter } from './treeOptions.ts';

/** What lies in a node and matches the tree's filter too; a field of both narrows to what both mean. */
export function resolvedFilter(narrowed: TreeFilter | undefined, own: MemoryFilter): MemoryFilter {
  if (narrowed === undefined) return own;
  const { tags = [], memoryType, project, time } = narrowed;
  return {
    ...own,
    tags: [...tags, ...(own.tags ?? [])],
    tagMatch: 'all',
    memoryType: own.memoryType ?? memoryType,
    project: own.project ?? project,
    time: overlap(time, own.time),
  };
}

const overlap = (a: TimeRange | undefined, b: TimeRange | undefined): TimeRange | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  const from = Math.max(a.from ?? -Infinity, b.from ?? -Infinity);
  const to = Math.min(a.to ?? Infinity, b.to ?? Infinity);
  return {
    from: Number.isFinite(from) ? from : undefined,
    to: Number.isFinite(to) ? to : undefined,
  };
};
