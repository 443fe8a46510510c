import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { packTestExtension } from '../harness/testExtension.ts';

/** The browser reaches this machine only, too (harness/browser.ts). */
describe('the packaged extension, just installed, without a network', () => {
  let vscode: OpenWorkbench;
  let folder: string;
  let connections: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'edge-memory-offline-'));
    connections = path.join(folder, 'connections.txt');
    const guard = await packTestExtension({
      name: 'network-guard',
      displayName: 'Network Guard',
      script: 'test/e2e/networkGuard/extension.ts',
      manifest: { activationEvents: ['*'] },
    });
    vscode = await openWorkbench({ others: [guard], env: { EDGE_MEMORY_CONNECTIONS: connections } });
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(async () => {
    await vscode.stop();
    await rm(folder, { recursive: true, force: true });
  });

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

  it('finds it by words and by meaning', async () => {
    const { workbench } = vscode;
    const found = workbench.pickRow('The staging database listens');
    for (const [query, why] of [
      ['staging', 'keyword'],
      ['which number do I connect to for the test server?', 'meaning'],
    ] as const) {
      await workbench.command('Edge Memory: Search Memories');
      await workbench.input().fill(query);
      await found.filter({ hasText: `% · ${why}` }).waitFor();
      await vscode.screenshot(`found-by-${why}`);
      await vscode.page.keyboard.press('Escape');
      await workbench.input().waitFor({ state: 'hidden' });
    }
  });

  it('asks nothing of the network', async () => {
    const lines = (await readFile(connections, 'utf8')).trimEnd().split('\n');
    // The window was started twice; the guard itself tries, to show that it would be noted.
    assert.deepEqual(lines, ['guarded', 'tried guard.test', 'guarded', 'tried guard.test']);
  });

  it('keeps its data in a folder that only the person can read', async () => {
    const { mode } = await stat(`${vscode.home}/.edge-memory`);
    assert.equal(mode & 0o777, 0o700);
  });
});
