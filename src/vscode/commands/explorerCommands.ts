import * as vscode from 'vscode';
import type { MoreNode } from '../explorer/nodes.ts';
import type { TreeOrder } from '../explorer/treeOptions.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';

export const loadMore = ({ explorer }: CommandServices, node?: unknown): void => {
  const more = node as MoreNode | undefined;
  if (more?.kind === 'more') explorer.tree.loadMore(more);
};

/** Reads everything again; says so where the store still can't be read, or the filter's time not understood. */
export async function refresh({ store, events, explorer }: CommandServices): Promise<void> {
  events.refresh();
  await explorer.tree.options.currentFilter();
  await store.count({});
}

/** Shows a memory in the tree, whatever page it is on; a filter that hides it ends. */
export async function revealInExplorer(
  services: CommandServices,
  ...args: readonly unknown[]
): Promise<void> {
  const [memory] = await targetMemories(services, args, { title: vscode.l10n.t('Reveal in Explorer') });
  if (!memory) return;
  const { nodeOf } = await import('../explorer/reveal.ts');
  const { tree, view } = services.explorer;
  if (tree.options.filter !== undefined) await tree.options.narrow(undefined);
  await view.reveal(await nodeOf(services, tree, memory), { select: true, focus: true });
}

/** How memories and names are sorted; `order` answers the question. */
export async function sortExplorer({ explorer }: CommandServices, given?: unknown): Promise<void> {
  const { options } = explorer.tree;
  const order = orderIn(given) ?? (await askOrder(options.order));
  if (order !== undefined) await options.sort({ ...options.order, ...order });
}

const orderIn = (value: unknown): Partial<TreeOrder> | undefined => {
  const { memories, names } = (value ?? {}) as Partial<TreeOrder>;
  return memories === undefined && names === undefined
    ? undefined
    : { ...(memories && { memories }), ...(names && { names }) };
};

async function askOrder(now: TreeOrder): Promise<Partial<TreeOrder> | undefined> {
  const row = (label: string, order: Partial<TreeOrder>) => ({
    order,
    label,
    description: order.memories === now.memories || order.names === now.names ? vscode.l10n.t('now') : '',
  });
  const separator = (label: string) => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
    order: undefined,
  });
  const chosen = await vscode.window.showQuickPick(
    [
      separator(vscode.l10n.t('Memories')),
      row(vscode.l10n.t('Newest first'), { memories: 'newest' }),
      row(vscode.l10n.t('Oldest first'), { memories: 'oldest' }),
      separator(vscode.l10n.t('Tags, types and projects')),
      row(vscode.l10n.t('Most used first'), { names: 'count' }),
      row(vscode.l10n.t('By name'), { names: 'name' }),
    ],
    { title: vscode.l10n.t('Sort Explorer') },
  );
  return chosen?.order;
}
