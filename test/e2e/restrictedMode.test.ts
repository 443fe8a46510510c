import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { store } from './steps.ts';

describe('in a folder that nobody has trusted yet', () => {
  let vscode: OpenWorkbench;

  before(async () => {
    vscode = await openWorkbench({
      workspaceTrust: true,
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
      workspaceFiles: {
        '.vscode/settings.json': JSON.stringify({
          'edgeMemory.dataFolder': '~/stolen',
          'edgeMemory.cloudflare.apiBaseUrl': 'http://127.0.0.1:9',
        }),
      },
    });
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(() => vscode.stop());

  it('memories are stored and found, and no setting of the folder moves them', async () => {
    const { workbench } = vscode;
    await workbench.statusItem('Restricted Mode').waitFor();
    await workbench.openContainer('Edge Memory');
    await store(workbench, 'The staging database listens on port 5433');
    await workbench.treeRow('The staging database').waitFor();
    await workbench.statusItem('1 · ').waitFor();
    await vscode.screenshot('restricted-mode');
    assert.ok(existsSync(`${vscode.home}/.edge-memory/memory.db`));
    assert.ok(!existsSync(`${vscode.home}/stolen`));
  });
});
