import type { Locator } from 'playwright-core';
import type { Workbench } from '../harness/workbench.ts';

/** The title above the open input box or quick pick. */
export const quickTitle = ({ page }: Workbench, text: string | RegExp): Locator =>
  page.locator('.quick-input-widget:visible .quick-input-title').filter({ hasText: text });

/** Stores a memory from the palette. */
export async function store(workbench: Workbench, content: string, tags = ''): Promise<void> {
  await workbench.command('Edge Memory: Store Memory');
  await workbench.enter(content);
  await quickTitle(workbench, 'Add tags').waitFor();
  await workbench.enter(tags);
  await workbench.input().waitFor({ state: 'hidden' });
}

/** Chooses from the context menu of a tree's row. */
export const choose = (workbench: Workbench, row: string | RegExp, action: string): Promise<void> =>
  workbench.chooseFromMenu(workbench.treeRow(row), action);
