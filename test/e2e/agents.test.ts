import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import type { Workbench } from '../harness/workbench.ts';
import { quickTitle } from './steps.ts';

describe('setting up agents, as a person does it', () => {
  let vscode: OpenWorkbench;
  let workbench: Workbench;

  before(async () => {
    vscode = await openWorkbench({ workspaceFiles: { 'AGENTS.md': '# Rules\n\nUse tabs.\n' } });
    workbench = vscode.workbench;
    await workbench.openContainer('Edge Memory');
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
    await vscode.page.keyboard.press('Escape');
  });
  after(() => vscode.stop());

  it('copies a configuration for a program, and says where it goes', async () => {
    await workbench.command('Edge Memory: Copy MCP Configuration');
    await quickTitle(workbench, 'Copy MCP Configuration').waitFor();
    await workbench.pickRow('Cursor').waitFor();
    await vscode.screenshot('agents-copy-configuration');
    await workbench.pickRow('Cursor').click();
    await workbench.saw(/Put it into ~\/\.cursor\/mcp\.json, then start Cursor again/);
    await vscode.screenshot('agents-copied');
    await workbench.answer(/Put it into/, 'Open File');
    await workbench.tab('mcp.json').waitFor();
    await workbench.editorLines().getByText('mcpServers').first().waitFor();
    await workbench.command('View: Revert and Close Editor');
    await workbench.tab('mcp.json').waitFor({ state: 'detached' });
  });

  it('shows what the instructions would be, then writes them', async () => {
    await workbench.command('Edge Memory: Agent Instructions in This Project');
    await workbench.pickRow('Add to AGENTS.md').waitFor();
    await vscode.screenshot('agents-instructions');
    await workbench.pickRow('Add to AGENTS.md').click();
    await workbench.pickRow('Write the section into AGENTS.md').waitFor();
    await vscode.page.locator('.monaco-diff-editor .view-lines').getByText('memory_search').first().waitFor();
    await vscode.screenshot('agents-instructions-preview');
    await workbench.pickRow('Write the section into AGENTS.md').click();
    await workbench.input().waitFor({ state: 'hidden' });
    await workbench.openFile('AGENTS.md');
    await workbench.editorLines().getByText('Use tabs.').first().waitFor();
    await workbench.editorLines().getByText('edge-memory:begin').first().waitFor();
  });

  it('lists what was set up, and takes the instructions back', async () => {
    await workbench.command('Edge Memory: Show What Was Set Up for Agents');
    await workbench.pickRow('Configuration for Cursor').waitFor();
    await vscode.screenshot('agents-set-up');
    await workbench.pickRow('Instructions in AGENTS.md').click();
    await workbench.pickRow('Remove the section from AGENTS.md').click();
    await workbench.editorLines().getByText('edge-memory:begin').first().waitFor({ state: 'detached' });
    await workbench.editorLines().getByText('Use tabs.').first().waitFor();
  });
});
