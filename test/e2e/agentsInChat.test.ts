import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { agentExtension } from '../harness/agentExtension.ts';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import type { Workbench } from '../harness/workbench.ts';
import { quickTitle } from './steps.ts';

/** Everything that VS Code in a browser keeps: its storage lies in IndexedDB. */
const browserStorage = (page: Page): Promise<string> =>
  page.evaluate<string>(`(async () => {
    const result = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const texts = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await result(indexedDB.open(name));
      for (const store of database.objectStoreNames)
        texts.push(JSON.stringify([name, store, await result(database.transaction(store).objectStore(store).getAll())]));
      database.close();
    }
    return texts.join('\\n');
  })()`);

const chatOf = ({ page }: OpenWorkbench): Locator => page.locator('.interactive-session');
const tell = async ({ workbench }: OpenWorkbench, prompt: string): Promise<void> => {
  await workbench.command('Test Agent: Tell the Agent');
  await workbench.enter(prompt);
};
/** VS Code's own question before a tool runs. */
const question = (vscode: OpenWorkbench): Locator =>
  chatOf(vscode)
    .getByRole('button', { name: /^(Allow|Continue)/ })
    .first();
/** Everything that was stored since; nothing is taken away before the answer to VS Code's question. */
const forgetsAfterAYes = async (vscode: OpenWorkbench, row: Locator, screenshot: string): Promise<void> => {
  await row.waitFor();
  await tell(vscode, 'forget 2020-01-01');
  await question(vscode).waitFor({ timeout: 30_000 });
  await vscode.screenshot(screenshot);
  assert.equal(await row.count(), 1);
  await question(vscode).click();
  await chatOf(vscode).getByText('"outcome":"deleted"').first().waitFor();
  await row.waitFor({ state: 'detached' });
};

describe('agents in the chat', () => {
  let vscode: OpenWorkbench;
  let workbench: Workbench;

  before(async () => {
    vscode = await openWorkbench({
      others: [await agentExtension()],
      workspaceFiles: {
        '.git/config': '[remote "origin"]\n\turl = https://example.test/acme/Payments.git\n',
      },
    });
    workbench = vscode.workbench;
    await workbench.openContainer('Edge Memory');
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(() => vscode.stop());

  it('have the tools of the server, once a person started it in VS Code’s list', async () => {
    await workbench.command('MCP: List Servers');
    await workbench.pickRow(/Edge Memory/).waitFor();
    await vscode.screenshot('agents-servers');
    await workbench.pickRow(/Edge Memory/).click();
    await workbench.pickRow(/Start Server/).waitFor();
    await vscode.screenshot('agents-start-server');
    await workbench.pickRow(/Start Server/).click();
    // VS Code opens the output once the server runs; that takes the focus.
    await vscode.page.locator('.part.panel').getByText('Output').first().waitFor({ timeout: 70_000 });
    await workbench.command('Test Agent: Count the Tools');
    await workbench.saw(/The agent has 9 tools of the memory/, 70_000);
    await workbench.clearNotifications();
  });

  it('store after VS Code’s own confirmation; the person sees it at once and can undo it', async () => {
    await tell(vscode, 'remember Payments are settled at midnight UTC');
    const allow = question(vscode);
    await allow.waitFor({ timeout: 30_000 });
    await vscode.screenshot('agents-confirmation');
    assert.equal(await workbench.treeRow('Payments are settled').count(), 0);
    await allow.click();
    await chatOf(vscode).getByText('"outcome":"stored"').first().waitFor();
    await workbench.treeRow('Payments are settled').waitFor();
    await workbench.saw(/stored “Payments are settled at midnight UTC”/);
    await vscode.screenshot('agents-stored');
  });

  it('are listed with what they did, who they are and in which project', async () => {
    await workbench.clearNotifications();
    await workbench.command('Edge Memory: Show Agent Activity');
    await quickTitle(workbench, 'Agent Activity').waitFor();
    await workbench.pickRow(/Payments are settled.*stored.*payments/).waitFor();
    await vscode.screenshot('agents-activity');
    await workbench.pickRow(/Payments are settled/).click();
    await workbench
      .dialog()
      .getByText(/stored “Payments are settled/)
      .waitFor();
    await vscode.screenshot('agents-act');
    await workbench.answerDialog('Undo');
    await workbench.treeRow('Payments are settled').waitFor({ state: 'detached' });
    await workbench.command('Edge Memory: Show Agent Activity');
    await workbench.pickRow(/stored, undone/).waitFor();
    await vscode.screenshot('agents-undone');
    await vscode.page.keyboard.press('Escape');
  });

  it('delete after VS Code’s own confirmation', async () => {
    // It may store for this session now; that says nothing about deleting.
    await tell(vscode, 'remember Refunds take three days');
    await forgetsAfterAYes(vscode, workbench.treeRow('Refunds take three days'), 'agents-delete');
  });

  it('leave no secret in VS Code’s storage', async () => {
    const folder = path.join(vscode.home, '.edge-memory/windows');
    const [name = ''] = await readdir(folder);
    const { nonce } = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as { nonce: string };
    const storage = await browserStorage(vscode.page);
    // The definition is kept there, so the storage that was read is the right one.
    assert.ok(storage.includes('mcpServer.js'), 'the storage does not hold the definition');
    assert.ok(!storage.includes(nonce));
    const files = await readdir(vscode.profile.userData, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const text = await readFile(path.join(file.parentPath, file.name), 'latin1');
      assert.ok(!text.includes(nonce), file.name);
    }
  });
});

describe('agents where MCP is switched off', () => {
  let vscode: OpenWorkbench;

  before(async () => {
    vscode = await openWorkbench({
      others: [await agentExtension()],
      settings: { 'chat.mcp.access': 'none', 'edgeMemory.agents.confirmStores': true },
    });
    await vscode.workbench.openContainer('Edge Memory');
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(() => vscode.stop());

  it('store after a yes to all that they word, where a person wants to be asked', async () => {
    const { workbench } = vscode;
    await tell(vscode, 'note Refunds take three days');
    await question(vscode).waitFor({ timeout: 30_000 });
    await question(vscode).click();
    await workbench
      .dialog()
      .getByText(/wants to store a memory/)
      .waitFor();
    const lines = ['Refunds take three days', 'Tags: billing', 'Type: rule', 'Metadata: {"source":"a call"}'];
    for (const line of lines) await workbench.dialog().getByText(line).waitFor();
    await vscode.screenshot('agents-confirm-store');
    assert.equal(await workbench.treeRow('Refunds take three days').count(), 0);
    await workbench.answerDialog('Store');
    await workbench.treeRow('Refunds take three days').waitFor();
  });

  it('delete after VS Code’s own confirmation', async () => {
    const row = vscode.workbench.treeRow('Refunds take three days');
    await forgetsAfterAYes(vscode, row, 'agents-delete-without-mcp');
  });

  it('have the tools of the extension itself', async () => {
    const { page, workbench } = vscode;
    await tell(vscode, 'find anything');
    await page.locator('.interactive-session [aria-label^="Configure Tools"]').first().click();
    await workbench.input().fill('edge_memory');
    // A server of MCP would be listed as one.
    await page
      .locator('.quick-input-widget:visible .monaco-list-row')
      .filter({ hasText: /^Edge Memory$/ })
      .first()
      .waitFor();
    await vscode.screenshot('agents-without-mcp');
  });
});
