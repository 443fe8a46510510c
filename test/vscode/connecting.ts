import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { type EmulatorProcess, startEmulatorProcess } from '../harness/emulatorProcess.ts';
import { emptyStore } from './access.ts';

export const apiSetting = (value: string | undefined): Thenable<void> =>
  vscode.workspace
    .getConfiguration('edgeMemory')
    .update('cloudflare.apiBaseUrl', value, vscode.ConfigurationTarget.Global);

export const dataFolder = path.join(homedir(), '.edge-memory');

/** Around the tests of a suite: an emulator that the extension takes for Cloudflare, and nothing remembered. */
export const useEmulator = (use: (emulator: EmulatorProcess) => void): void => {
  let emulator: EmulatorProcess;
  before(async function () {
    this.timeout(60_000);
    await emptyStore();
    const root = vscode.extensions.getExtension('edge-memory.edge-memory')?.extensionPath ?? '';
    emulator = await startEmulatorProcess(root);
    use(emulator);
    await apiSetting(emulator.baseUrl);
  });
  after(async () => {
    await apiSetting(undefined);
    await emulator.stop();
    await emptyStore();
  });
};
