import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';

describe('the packaged extension, just installed', () => {
  let vscode: OpenWorkbench;

  before(async () => {
    vscode = await openWorkbench();
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(() => vscode.stop());

  it('shows its container in the activity bar, without any message', async () => {
    await vscode.workbench.openContainer('Edge Memory');
    await vscode.screenshot('installed');
    assert.equal(await vscode.workbench.notification(/./).count(), 0);
  });

  it('stores a memory that the sidebar then shows, also after a restart', async () => {
    const text = 'The staging database listens on port 5433';
    await vscode.workbench.command('Edge Memory: Store Memory');
    await vscode.workbench.enter(text);
    await vscode.workbench.openContainer('Edge Memory');
    await vscode.workbench.treeRow(text).waitFor();
    await vscode.restart();
    await vscode.workbench.openContainer('Edge Memory');
    await vscode.workbench.treeRow(text).waitFor();
    await vscode.screenshot('stored');
  });

  it('keeps its data in a folder that only the person can read', async () => {
    const { mode } = await stat(`${vscode.home}/.edge-memory`);
    assert.equal(mode & 0o777, 0o700);
  });
});
