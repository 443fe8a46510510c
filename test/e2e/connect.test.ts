import assert from 'node:assert/strict';
import { CloudflareClient } from '../../src/cloudflare/client.ts';
import { createD1Database } from '../../src/cloudflare/d1Databases.ts';
import { createNodeFetch } from '../../src/cloudflare/nodeFetch.ts';
import { openCloudStore } from '../../src/cloudflare/openCloudStore.ts';
import { VectorizeIndex } from '../../src/cloudflare/vectorize.ts';
import { createDatabase, createIndex } from '../contract/emulatorRequests.ts';
import { McpMemoryService } from '../contract/mcpMemoryService.ts';
import { type Emulator, startEmulator } from '../emulator/emulator.ts';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import type { Workbench } from '../harness/workbench.ts';
import { openOverview } from './overviewSteps.ts';
import { openSearchView } from './searchSteps.ts';
import { quickTitle, store } from './steps.ts';

const work = { id: 'a'.repeat(32), name: 'Work' };
const home = { id: 'b'.repeat(32), name: 'Home' };
const accounts = [work, home];

describe('connecting to Cloudflare, as a person meets it', () => {
  let emulator: Emulator;
  let vscode: OpenWorkbench;
  let workbench: Workbench;

  before(async () => {
    emulator = await startEmulator({ accounts });
    await fillByMcpMemoryService(emulator);
    await fillByEdgeMemory(emulator);
    const variables = { CLOUDFLARE_API_TOKEN: emulator.tokens.create().value };
    const cursor = { memory: { command: 'uv', env: { ...variables, CLOUDFLARE_ACCOUNT_ID: home.id } } };
    vscode = await openWorkbench({
      settings: { 'edgeMemory.cloudflare.apiBaseUrl': emulator.baseUrl },
      workspaceFiles: {
        '.env': `CLOUDFLARE_API_TOKEN=${variables.CLOUDFLARE_API_TOKEN}\nCLOUDFLARE_ACCOUNT_ID=${work.id}\n`,
      },
      homeFiles: { '.cursor/mcp.json': JSON.stringify({ mcpServers: cursor }) },
    });
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

  it('draws what of the plan is used', async () => {
    const frame = await openOverview(workbench);
    const rows = frame.locator('.card', { hasText: 'Where they are kept' }).locator('.bars .row');
    await rows.filter({ hasText: 'Neurons' }).getByText('of 10,000 a day').waitFor();
    await rows.filter({ hasText: 'Database' }).getByText('of 500 MB').waitFor();
    await rows.filter({ hasText: 'Vectors' }).getByText('of 6,510').waitFor();
    await rows.first().scrollIntoViewIfNeeded();
    await vscode.screenshot('connected-overview');
    await workbench.closeEditors();
  });

  it('says that it waits where Cloudflare limits the rate of requests, and goes on by itself', async () => {
    emulator.faults.add({ kind: 'rate-limited', path: /query$/, times: 1, retryAfterSeconds: 8 });
    await workbench.command('Edge Memory: Refresh');
    await workbench.statusItem(/Edge Memory waits \d s: Cloudflare limits the rate/).waitFor();
    await vscode.screenshot('rate-limited');
    await workbench.statusItem(/Edge Memory waits/).waitFor({ state: 'detached' });
    await workbench.statusItem('3 · cloud').waitFor();
  });

  it('says in the search view that Cloudflare can not be reached, and searches again when it is told to', async () => {
    const search = await openSearchView(vscode);
    await search.field().fill('');
    await search.row('Use WAL mode').waitFor();
    emulator.faults.add({ kind: 'reset' });
    await search.field().fill('journal');
    const failure = search.frame.getByRole('alert');
    await failure.getByText('Your memory can not be reached').waitFor();
    await vscode.screenshot('search-view-offline');
    // What was found before stays in sight.
    await search.row('Use WAL mode').waitFor();
    emulator.faults.clear();
    await failure.getByRole('button', { name: 'Try Again' }).press('Enter');
    await search.answered('journal');
    await search.row('Use WAL mode').waitFor();
    await failure.waitFor({ state: 'detached' });
    assert.equal(await search.frame.evaluate('document.activeElement.id'), 'query');
    await search.field().fill('');
    await search.answered('');
    await workbench.clearNotifications();
  });

  it('asks once for another token when the one in use is revoked', async () => {
    emulator.tokens.revoke(emulator.token);
    await workbench.command('Edge Memory: Refresh');
    await workbench.statusItem('Edge Memory: cloud').waitFor();
    await workbench.notification('did not accept the API token').waitFor();
    const search = await workbench.webview('body[data-place="sidebar"] #query');
    await search.getByText('The search failed').waitFor();
    await search.getByRole('button', { name: 'Try Again' }).waitFor();
    await vscode.screenshot('token-revoked');
    await workbench.answer('did not accept the API token', 'Change Token');
    await quickTitle(workbench, 'Change Token').waitFor();
    await workbench.enter(emulator.tokens.create({ accounts: [home.id] }).value);
    await workbench.inputMessage().getByText('may not use').waitFor();
    await vscode.screenshot('change-token');
    await workbench.enter(emulator.tokens.create().value);
    await workbench.statusItem('The new token is in use').waitFor();
    await workbench.statusItem('3 · cloud').waitFor();
    await search.locator('.row', { hasText: 'Use WAL mode' }).waitFor();
    await search.getByText('The search failed').waitFor({ state: 'detached' });
  });

  it('opens the connection anew, and asks about copying only what is not there yet', async () => {
    await workbench.command('Edge Memory: Reconnect');
    await workbench.statusItem('Connected to Work').waitFor();
    await vscode.screenshot('reconnected');
    await workbench.statusItem('3 · cloud').waitFor();
    assert.equal(await workbench.dialog().count(), 0);
  });

  it('shows the memories of this machine again after Disconnect', async () => {
    await workbench.command('Edge Memory: Disconnect');
    await vscode.screenshot('disconnect');
    await workbench.answerDialog('Disconnect');
    await workbench.statusItem('1 · hybrid').waitFor();
    await workbench.treeRow('Use WAL mode').waitFor({ state: 'detached' });
  });

  it('brings in the settings of a .env file', async () => {
    await workbench.command('Edge Memory: Import Settings from .env');
    await quickTitle(workbench, 'Import Settings').waitFor();
    await workbench.pickRow(/memory.*~\/\.cursor\/mcp\.json/).waitFor();
    await vscode.screenshot('import-settings');
    await workbench.pickRow(/\.env/).click();
    await quickTitle(workbench, 'Memory').waitFor();
    await workbench.pickRow(/3 memories, connected to Edge Memory before/).click();
    await workbench.dialog().getByText('Keep your memories in the Cloudflare account “Work”?').waitFor();
    await vscode.screenshot('import-consent');
    await workbench.answerDialog('Connect');
    await workbench.statusItem('3 · cloud').waitFor();
  });

  it('takes its own tables away, and says before what goes and what stays', async () => {
    await workbench.command("Edge Memory: Remove Edge Memory's Tables");
    await workbench.dialog().getByText('Time Travel bookmark').waitFor();
    await vscode.screenshot('remove-tables');
    await workbench.answerDialog('Remove and Disconnect');
    await workbench.statusItem('1 · hybrid').waitFor();
    await vscode.screenshot('tables-removed');
  });

  it('brings in what an MCP client knows, and proposes a model that knows the languages of the memories', async () => {
    await workbench.command('Edge Memory: Import Settings from .env');
    await workbench.pickRow(/memory.*~\/\.cursor\/mcp\.json/).click();
    await workbench.pickRow(/12 memories, connected to Edge Memory before/).click();
    await workbench.answerDialog('Connect');
    await workbench.dialog().getByText('Copy 1 memory').waitFor();
    await workbench.answerDialog('Cancel');
    await workbench.statusItem('12 · cloud').waitFor();
    await workbench.saw(/A fifth of your memories are in languages that the embedding model does not know/);
    await vscode.screenshot('model-proposed');
    await workbench.answer(/A fifth of your memories/, 'Rebuild Index');
    await workbench.dialog().getByText('bge-m3').first().waitFor();
    await vscode.screenshot('rebuild-index');
    await workbench.answerDialog('Cancel');
    await workbench.command('Edge Memory: Disconnect');
    await workbench.answerDialog('Disconnect');
    await workbench.statusItem('1 · hybrid').waitFor();
  });

  it('offers commands for an administrator where the token may not create what is missing', async () => {
    const token = emulator.tokens.create({
      accounts: [home.id],
      permissions: ['D1 Edit', 'Vectorize Read', 'Workers AI Read', 'Account Settings Read'],
    });
    await workbench.command('Edge Memory: Connect to Cloudflare');
    await workbench.enter(token.value);
    await workbench.pickRow('Choose other resources').click();
    await workbench.pickRow('mcp-memory-db').click();
    await workbench.pickRow('Create a new one').click();
    await workbench.inputMessage().getByText('Name').waitFor();
    await workbench.enter('team-index');
    await workbench.pickRow('Automatic').click();
    await workbench.dialog().getByText('To be created: the Vectorize index team-index').waitFor();
    await workbench.answerDialog('Connect');
    await workbench.saw(/Not connected, because something is missing .* “Vectorize Edit”/);
    await vscode.screenshot('copy-commands');
    await workbench.answer(/something is missing that this token may not create/, 'Copy Commands');
    await workbench.statusItem('1 · hybrid').waitFor();
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

/** Memories of an earlier connection, a third of them in Japanese. */
async function fillByEdgeMemory(emulator: Emulator): Promise<void> {
  const [database, index] = ['mcp-memory-db', 'mcp-memory-index'];
  const network = createNodeFetch();
  const client = new CloudflareClient({
    fetch: network.fetch,
    token: () => emulator.token,
    baseUrl: emulator.baseUrl,
  });
  const { id } = await createD1Database(client, home.id, database);
  const config = { dimensions: 768, metric: 'cosine' } as const;
  await new VectorizeIndex({ client, account: home.id, index }).create(config);
  const cloud = await openCloudStore({ client, config: { account: home.id, database: id, index } });
  const text = (i: number): string =>
    i % 3 === 0
      ? `${i}番目の会議の議事録は共有フォルダーにあります`
      : `The minutes of meeting ${i} are shared`;
  await cloud.storeMany(Array.from({ length: 12 }, (_, i) => ({ content: text(i) })));
  await cloud.close();
  await network.close();
}
