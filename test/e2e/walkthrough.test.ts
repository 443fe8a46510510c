import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { quickTitle, store } from './steps.ts';
import { openWalkthrough, STEPS } from './walkthroughSteps.ts';

describe('the walkthrough', () => {
  let vscode: OpenWorkbench;

  before(async () => {
    vscode = await openWorkbench();
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(() => vscode.stop());

  it('ticks off a step when it was done', async () => {
    await openWalkthrough(vscode);
    const done = vscode.page.locator('.getting-started-step .codicon-getting-started-step-checked.complete');
    await done.first().waitFor({ state: 'detached' });
    await store(vscode.workbench, 'My first memory');
    await done.first().waitFor();
    await vscode.screenshot('walkthrough-stored');
  });

  it('ticks off finding when something was found, not when a search was opened', async () => {
    const { workbench, page } = vscode;
    const done = (step: string) =>
      page
        .locator('.getting-started-step', { hasText: step })
        .locator('.codicon-getting-started-step-checked.complete');
    await workbench.command('Edge Memory: Search Memories');
    await workbench.input().fill('');
    await workbench.pickRow('My first memory').waitFor();
    assert.equal(await done('Find it').count(), 0);
    await workbench.input().fill('first');
    await done('Find it').waitFor();
    await page.keyboard.press('Escape');
    await workbench.input().waitFor({ state: 'hidden' });
    await vscode.screenshot('walkthrough-found');
  });

  it('is walked by keyboard alone', async () => {
    const { workbench, page } = vscode;
    const { keyboard } = page;
    const focused = (): Promise<string> => page.evaluate<string>('document.activeElement.textContent.trim()');
    const tabTo = async (text: string): Promise<void> => {
      for (let tabs = 0; tabs < 60 && !(await focused()).startsWith(text); tabs++)
        await keyboard.press('Tab');
      assert.ok(
        (await focused()).startsWith(text),
        `the keyboard is on “${await focused()}”, not on “${text}”`,
      );
    };
    /** Again where the keyboard went elsewhere: VS Code gives it to a step a moment after that is open. */
    const pressOn = async (text: string, outcome: Locator): Promise<void> => {
      for (let tries = 1; ; tries++) {
        await tabTo(text);
        await keyboard.press('Enter');
        try {
          await outcome.waitFor({ timeout: 3000 });
          return;
        } catch (error) {
          if (tries === 5) throw error;
        }
      }
    };
    await workbench.command('Edge Memory: Get Started');
    for (const step of [...STEPS, 'Store your first memory'])
      await pressOn(step, page.locator('.getting-started-step.expanded', { hasText: step }));
    await vscode.screenshot('walkthrough-keyboard');
    await pressOn('Store a Memory', workbench.input());
    await keyboard.type('Stored by keys', { delay: 15 });
    await keyboard.press('Enter');
    await quickTitle(workbench, 'Add tags').waitFor();
    await keyboard.press('Enter');
    await workbench.statusItem('2 · hybrid').waitFor();
  });
});
