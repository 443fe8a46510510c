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
});
