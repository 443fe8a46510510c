import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { emptyStore, eventually, services, stored } from './access.ts';

const folder = path.join(homedir(), '.edge-memory', 'bin');
const command = path.join(folder, process.platform === 'win32' ? 'edge-memory.cmd' : 'edge-memory');

describe('the terminal command', () => {
  before(emptyStore);

  it('is on the PATH of new terminals', async () => {
    const { environmentVariableCollection: environment } = (await services()).context;
    const { value } = await eventually(() => {
      const path = environment.get('PATH');
      assert.ok(path);
      return path;
    });
    assert.equal(value, `${path.delimiter}${folder}`);
  });

  it('works with the memories of this window', async () => {
    await stored({ content: 'seen from both sides' });
    await eventually(async () => {
      const shell = process.platform === 'win32';
      const { stdout } = await promisify(execFile)(command, ['list'], { shell });
      assert.match(stdout, /seen from both sides/);
    });
  });

  it('uses the data folder of the setting, whichever store is active in it', async () => {
    const settings = vscode.workspace.getConfiguration('edgeMemory');
    const { environmentVariableCollection: environment } = (await services()).context;
    const elsewhere = path.join(homedir(), 'elsewhere');
    await settings.update('dataFolder', elsewhere, vscode.ConfigurationTarget.Global);
    try {
      await eventually(() => assert.equal(environment.get('EDGE_MEMORY_DATA_FOLDER')?.value, elsewhere));
      assert.equal(environment.get('EDGE_MEMORY_DATABASE'), undefined);
    } finally {
      await settings.update('dataFolder', undefined, vscode.ConfigurationTarget.Global);
      await eventually(() => assert.equal(environment.get('EDGE_MEMORY_DATA_FOLDER'), undefined));
    }
  });

  it('leaves the PATH alone where the setting says so', async () => {
    const settings = vscode.workspace.getConfiguration('edgeMemory');
    const { environmentVariableCollection: environment } = (await services()).context;
    await settings.update('terminal.addToPath', false, vscode.ConfigurationTarget.Global);
    try {
      await eventually(() => assert.equal(environment.get('PATH'), undefined));
    } finally {
      await settings.update('terminal.addToPath', undefined, vscode.ConfigurationTarget.Global);
      await eventually(() => assert.ok(environment.get('PATH')));
    }
  });
});
