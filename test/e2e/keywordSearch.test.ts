import assert from 'node:assert/strict';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { quickTitle, store } from './steps.ts';

describe('a search by keyword only', () => {
  let vscode: OpenWorkbench;

  before(async () => {
    vscode = await openWorkbench({ settings: { 'edgeMemory.search.mode': 'keyword' } });
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
    await vscode.page.keyboard.press('Escape');
  });
  after(() => vscode.stop());

  it('offers to store where nothing is stored yet', async () => {
    const { workbench, page } = vscode;
    await workbench.command('Edge Memory: Search Memories');
    await workbench.pickRow('Nothing is remembered yet').waitFor();
    await vscode.screenshot('search-first');
    await page.keyboard.press('Enter');
    await quickTitle(workbench, 'Store Memory').waitFor();
  });

  it('says how it searched, and what to do where nothing matches', async () => {
    const { workbench, page } = vscode;
    await store(workbench, 'The staging database listens on port 5433');
    await workbench.command('Edge Memory: Search Memories');
    await workbench.input().fill('kumquat');
    await workbench.pickRow('Nothing matches “kumquat”').waitFor();
    await quickTitle(workbench, /· keyword$/).waitFor();
    await vscode.screenshot('search-nothing');
    await page.keyboard.press('Enter');
    await quickTitle(workbench, 'Store Memory').waitFor();
    assert.equal(await workbench.input().inputValue(), 'kumquat');
  });
});
