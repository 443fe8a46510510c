import assert from 'node:assert/strict';
import { createDatabase, createIndex } from '../contract/emulatorRequests.ts';
import { McpMemoryService } from '../contract/mcpMemoryService.ts';
import { type Emulator, startEmulator } from '../emulator/emulator.ts';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import type { Workbench } from '../harness/workbench.ts';
import { quickTitle, store } from './steps.ts';

const accounts = [
  { id: 'a'.repeat(32), name: 'Work' },
  { id: 'b'.repeat(32), name: 'Home' },
];

describe('connecting to Cloudflare, as a person meets it', () => {
  let emulator: Emulator;
  let vscode: OpenWorkbench;
  let workbench: Workbench;

  before(async () => {
    emulator = await startEmulator({ accounts });
    await fillByMcpMemoryService(emulator);
    vscode = await openWorkbench({ settings: { 'edgeMemory.cloudflare.apiBaseUrl': emulator.baseUrl } });
    workbench = vscode.workbench;
    await workbench.openContainer('Edge Memory');
    await store(workbench, 'The staging database listens on port 5433', 'database');
    emulator.log.clear();
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(async () => {
    await vscode.stop();
    await emulator.close();
  });

  it('begins with a token, and says what is wrong with one', async () => {
    await workbench.command('Edge Memory: Connect to Cloudflare');
    await workbench.enter('cfut_0000000000000000000000000000000000000000');
    await workbench.inputMessage().getByText('Cloudflare does not know this API token').waitFor();
    await vscode.screenshot('connect-token');
    assert.equal(await workbench.input().getAttribute('type'), 'password');
    emulator.log.clear();
    await workbench.enter(emulator.token);
  });

  it('asks which account, and recognises the memories of mcp-memory-service in it', async () => {
    await quickTitle(workbench, 'Account').waitFor();
    await vscode.screenshot('connect-account');
    await workbench.pickRow('Work').click();
    await quickTitle(workbench, 'Memory').waitFor();
    await workbench.pickRow(/2 memories, memories of mcp-memory-service/).waitFor();
    await vscode.screenshot('connect-memory');
    // It is the first row; the mouse, which still lies on it, has a tooltip over it.
    await vscode.page.keyboard.press('Enter');
  });

  it('says what leaves the machine and what is added before anything is', async () => {
    await workbench.dialog().getByText('Keep your memories in the Cloudflare account “Work”?').waitFor();
    await workbench.dialog().getByText('Time Travel bookmark').waitFor();
    await vscode.screenshot('connect-consent');
    assert.deepEqual(
      emulator.log.entries.filter(({ method, path }) => method === 'PUT' || /upsert|ai\/run/.test(path)),
      [],
    );
    await workbench.answerDialog('Connect');
    await workbench.dialog().getByText('Copy 1 memory').waitFor();
    const requests = emulator.log.entries.map(({ method, path }) => `${method} ${path}`);
    // The index is described while the store opens; its tables come with one request more, then the views read.
    const opened = requests.findIndex((request) => request.endsWith('/indexes/mcp-memory-index'));
    assert.ok(opened > 0 && opened + 2 <= 16, requests.join('\n'));
    await vscode.screenshot('connect-copy');
    await workbench.answerDialog('Copy');
  });

  it('shows the memories of the account, those of this machine among them', async () => {
    await workbench.statusItem('3 · cloud').waitFor();
    await workbench.treeRow('The staging database').waitFor();
    await workbench.treeRow('Use WAL mode').waitFor();
    await vscode.screenshot('connected');
    await workbench.command('Edge Memory: Search Memories');
    await workbench.input().fill('journal');
    await workbench.pickRow('Use WAL mode').waitFor();
    await vscode.screenshot('connected-search');
    await vscode.page.keyboard.press('Escape');
  });

  it('shows the health of each part', async () => {
    await workbench.command('Edge Memory: Health');
    await workbench.pickRow(/Vectorize/).waitFor();
    await vscode.screenshot('connected-health');
    await vscode.page.keyboard.press('Escape');
  });

  it('asks once for another token when the one in use is revoked', async () => {
    emulator.tokens.revoke(emulator.token);
    await workbench.command('Edge Memory: Refresh');
    await workbench.statusItem('Edge Memory: cloud').waitFor();
    await workbench.notification('did not accept the API token').waitFor();
    await vscode.screenshot('token-revoked');
    await workbench.answer('did not accept the API token', 'Change Token');
    await workbench.enter(emulator.tokens.create().value);
    await workbench.statusItem('3 · cloud').waitFor();
  });

  it('shows the memories of this machine again after Disconnect', async () => {
    await workbench.command('Edge Memory: Disconnect');
    await vscode.screenshot('disconnect');
    await workbench.answerDialog('Disconnect');
    await workbench.statusItem('1 · hybrid').waitFor();
    await workbench.treeRow('Use WAL mode').waitFor({ state: 'detached' });
  });
});

/** What a person who used mcp-memory-service has in the account. */
async function fillByMcpMemoryService(emulator: Emulator): Promise<void> {
  const database = await createDatabase(emulator, 'mcp-memory-db');
  const index = await createIndex(emulator, 'mcp-memory-index', 768);
  const service = new McpMemoryService(emulator, { database, index });
  await service.initialize();
  await service.store({ content: 'Use WAL mode for the SQLite journal', tags: ['sqlite'] });
  await service.store({ content: 'Deploys go out on Tuesdays', tags: ['release'] });
}
