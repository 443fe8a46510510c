import type { Frame } from 'playwright-core';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { store } from './steps.ts';

const hostile = `$(flame) <img src=x onerror="document.title='owned'"> [go](command:workbench.action.files.newUntitledFile) \u202e`;

describe('the overview', () => {
  let vscode: OpenWorkbench;

  before(async () => {
    vscode = await openWorkbench();
    await vscode.workbench.openContainer('Edge Memory');
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(() => vscode.stop());

  const page = (): Promise<Frame> => vscode.workbench.webview('#app[data-state]');

  it('says what it is for while nothing is remembered', async () => {
    await vscode.workbench.command('Edge Memory: Open Overview');
    const frame = await page();
    await frame.getByRole('heading', { name: 'Nothing is remembered yet' }).waitFor();
    await vscode.screenshot('overview-empty');
  });

  it('draws what there is, and the map', async () => {
    await store(vscode.workbench, 'Deploys go out on Tuesdays', 'release, team');
    await store(vscode.workbench, hostile, 'release, <b>bold</b>');
    const frame = await page();
    await frame.getByRole('heading', { name: 'Map of memories' }).waitFor();
    await frame.locator('canvas[data-drawn="2"]').waitFor();
    await vscode.screenshot('overview');
  });
});
