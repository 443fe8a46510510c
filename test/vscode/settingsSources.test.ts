import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { findSettings } from '../../src/vscode/connect/settingsSources.ts';
import { services } from './access.ts';

const configuration = (account: string): Uint8Array =>
  Buffer.from(`{
    // As “MCP: Open User Configuration” shows it.
    "servers": { "memory": { "command": "x", "env": { "CLOUDFLARE_ACCOUNT_ID": "${account}" } } },
  }`);

describe('the settings of Cloudflare that Import Settings finds', () => {
  const written: vscode.Uri[] = [];
  afterEach(async () => {
    for (const file of written.splice(0)) await vscode.workspace.fs.delete(file, { recursive: true });
  });

  const write = async (file: vscode.Uri, account: string): Promise<void> => {
    await vscode.workspace.fs.writeFile(file, configuration(account));
    written.push(file);
  };
  const accountsOf = async (globalStorageUri: vscode.Uri) =>
    (await findSettings({ globalStorageUri })).sources
      .filter(({ file }) => file.path.endsWith('/mcp.json'))
      .map(({ server, variables }) => [server, variables['CLOUDFLARE_ACCOUNT_ID']]);

  it('are those of this editor’s own mcp.json too', async () => {
    const { context } = await services();
    const user = vscode.Uri.joinPath(context.globalStorageUri, '../..');
    assert.ok(user.path.endsWith('/User'), user.path);
    await write(vscode.Uri.joinPath(user, 'mcp.json'), 'mine');
    assert.deepEqual(await accountsOf(context.globalStorageUri), [['memory', 'mine']]);
  });

  it('are in another profile its own and the default one’s', async () => {
    const { context } = await services();
    const user = vscode.Uri.joinPath(context.globalStorageUri, '../..');
    const profile = vscode.Uri.joinPath(user, 'profiles/-12ab');
    await write(vscode.Uri.joinPath(user, 'mcp.json'), 'default');
    await write(vscode.Uri.joinPath(profile, 'mcp.json'), 'of the profile');
    const storage = vscode.Uri.joinPath(profile, 'globalStorage/edge-memory.edge-memory');
    assert.deepEqual(await accountsOf(storage), [
      ['memory', 'of the profile'],
      ['memory', 'default'],
    ]);
  });
});
