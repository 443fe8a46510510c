import type { Frame, Locator } from 'playwright-core';
import type { OpenWorkbench } from '../harness/openWorkbench.ts';

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

  /** Types in place of what the focused field holds. */
  async retype(query: string): Promise<void> {
    await this.field().press('Control+A');
    await this.field().pressSequentially(query, { delay: 15 });
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
