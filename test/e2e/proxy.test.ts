import assert from 'node:assert/strict';
import { type Emulator, startEmulator } from '../emulator/emulator.ts';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { temporaryFolder } from '../harness/profile.ts';
import type { Workbench } from '../harness/workbench.ts';
import { type CorporateNetwork, startCorporateNetwork } from '../harness/corporateNetwork.ts';
import { quickTitle, store } from './steps.ts';

describe('Cloudflare behind a company’s proxy', () => {
  let emulator: Emulator;
  let network: CorporateNetwork;
  let vscode: OpenWorkbench;
  let workbench: Workbench;
  let removeFolder: () => Promise<void>;

  before(async () => {
    emulator = await startEmulator({});
    const { folder, remove } = await temporaryFolder();
    removeFolder = remove;
    network = await startCorporateNetwork(emulator.baseUrl, folder);
    vscode = await openWorkbench({
      settings: {
        'edgeMemory.cloudflare.apiBaseUrl': network.baseUrl,
        'http.proxy': network.proxyUrl,
        'http.proxySupport': 'override',
      },
      // Where VS Code finds the authorities of the system.
      env: { SSL_CERT_FILE: network.authority },
    });
    workbench = vscode.workbench;
    await workbench.openContainer('Edge Memory');
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(async () => {
    await vscode.stop();
    await network.close();
    await emulator.close();
    await removeFolder();
  });

  it('connects and stores through it, with its password and its certificate, and never past it', async () => {
    await workbench.command('Edge Memory: Connect to Cloudflare');
    await workbench.enter(emulator.token);
    await quickTitle(workbench, 'Memory').waitFor();
    await workbench.pickRow('Create mcp-memory-db').waitFor();
    await vscode.page.keyboard.press('Enter');
    await quickTitle(workbench, 'Place').waitFor();
    await workbench.pickRow('Automatic').waitFor();
    await vscode.page.keyboard.press('Enter');
    await workbench.answerDialog('Connect');
    await workbench.statusItem('0 · cloud').waitFor();
    await store(workbench, 'The proxy lets memories through', 'network');
    await workbench.statusItem('1 · cloud').waitFor();
    const stored = emulator.log.entries.filter(({ path }) => path.endsWith('/upsert'));
    assert.ok(stored.length > 0);
    assert.ok(network.tunnels.opened > 0);
    assert.equal(network.outside, 0);
  });
});
