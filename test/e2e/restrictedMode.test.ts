import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { store } from './steps.ts';

const foreign = 'f'.repeat(32);

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
        '.env': `CLOUDFLARE_API_TOKEN=x\nCLOUDFLARE_ACCOUNT_ID=${foreign}\n`,
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

  it('its settings of Cloudflare are read only after a yes', async () => {
    const { page, workbench } = vscode;
    await workbench.command('Edge Memory: Import Settings from .env');
    await workbench.pickRow(/Not read yet: this workspace is not trusted/).waitFor();
    assert.ok(!(await workbench.pickRows().allInnerTexts()).join().includes(foreign));
    await vscode.screenshot('restricted-import');
    await workbench.pickRow('.env').click();
    await workbench
      .dialog()
      .getByText(/This workspace is not trusted. Use the Cloudflare settings of .*\.env/)
      .waitFor();
    await vscode.screenshot('restricted-question');
    await page.keyboard.press('Escape');
    await workbench.dialog().waitFor({ state: 'detached' });
    await workbench.statusItem('1 · ').waitFor();
  });
});
