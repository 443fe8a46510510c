import type { MoreNode } from '../explorer/nodes.ts';
import type { CommandServices } from './registerCommands.ts';

export const loadMore = ({ explorer }: CommandServices, node?: unknown): void => {
  const more = node as MoreNode | undefined;
  if (more?.kind === 'more') explorer.tree.loadMore(more.parent);
};

/** Reads everything again; says so where the store still can't be read. */
export async function refresh({ store, events }: CommandServices): Promise<void> {
  events.refresh();
  await store.count({});
}
