import assert from 'node:assert/strict';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { store } from './steps.ts';
import { openWalkthrough } from './walkthroughSteps.ts';

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
});
