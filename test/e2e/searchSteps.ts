import type { Frame, Locator } from 'playwright-core';
import type { OpenWorkbench } from '../harness/openWorkbench.ts';
import type { Workbench } from '../harness/workbench.ts';

/** The search webview as a person sees it. */
export class SearchFace {
  readonly frame: Frame;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  field(): Locator {
    return this.frame.locator('#query');
  }

  rows(): Locator {
    return this.frame.locator('.row');
  }

  /**
   * Types in place of what the focused field holds. Not by Ctrl+A, which VS Code answers a moment later and so selects
   * what is typed by then. Again where a palette that closes took the focus meanwhile.
   */
  async retype(query: string): Promise<void> {
    for (let tries = 0; tries < 3; tries++) {
      await this.field().selectText();
      await this.field().pressSequentially(query, { delay: 15 });
      if ((await this.field().inputValue()) === query) return;
    }
    throw new Error(`The field did not take “${query}”, it holds “${await this.field().inputValue()}”`);
  }

  row(text: string | RegExp): Locator {
    return this.rows().filter({ hasText: text }).first();
  }

  status(): Locator {
    return this.frame.locator('.status [role=status]');
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name });
  }

  /** Scrolls the rows to a share of their height. */
  async scrollTo(share: number): Promise<void> {
    const list = `document.querySelector('.results')`;
    await this.frame.evaluate(`${list}.scrollTo(0, ${list}.scrollHeight * ${share})`);
  }

  /** The rows that answer this query, as the form says. */
  async answered(query: string): Promise<void> {
    await this.frame.locator(`.results[data-query="${query}"]`).waitFor();
    await this.frame.locator('.progress:not(.busy)').waitFor({ state: 'attached' });
  }
}

/** Opens the view in the sidebar by its command, which gives it the focus. */
export async function openSearchView({ workbench }: OpenWorkbench): Promise<SearchFace> {
  await workbench.command('Edge Memory: Open Search');
  const frame = await workbench.webview('body[data-place="sidebar"] #query');
  const isFocused = `document.hasFocus() && document.activeElement.id === 'query'`;
  // Not waitForFunction: it needs eval, which the page's policy forbids. For a while, since a palette that closes gives
  // the focus back to what had it before.
  for (let tries = 0, inARow = 0; tries < 100 && inARow < 5; tries++) {
    inARow = (await frame.evaluate<boolean>(isFocused)) ? inARow + 1 : 0;
    await workbench.page.waitForTimeout(100);
  }
  return new SearchFace(frame);
}

/** A window with the search view open in it. */
export interface SearchWindow {
  readonly vscode: OpenWorkbench;
  readonly workbench: Workbench;
  search: SearchFace;
  readonly press: (key: string) => Promise<void>;
  /** Types in place of what the field holds, and waits for the rows. */
  readonly find: (query: string) => Promise<void>;
}

/** VS Code's menus ignore a click in their first moments. */
export async function chooseItem(item: ReturnType<Workbench['menuItem']>): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    await item.click();
    const closed = item.waitFor({ state: 'hidden', timeout: 1000 });
    if (await closed.then(() => true).catch(() => false)) return;
  }
  throw new Error('The menu did not take the click');
}

export const DAY = 86_400;
/** Seconds. */
export const now = Date.now() / 1000;

export const searchMemories = [
  {
    content: 'Deploys go out on Tuesdays, never on Fridays',
    tags: ['deploy', 'process'],
    memoryType: 'decision',
  },
  { content: 'The staging database is reset every night at 3', tags: ['database', 'staging'] },
  { content: 'Use WAL mode for SQLite when several processes write', tags: ['database', 'sqlite'] },
  {
    content: `# Runbook for the queue\n\n${'Look at the dashboard first. '.repeat(20)}Then restart the worker zebra.`,
    tags: ['ops'],
    memoryType: 'runbook',
    createdAt: now - 40 * DAY,
  },
];
