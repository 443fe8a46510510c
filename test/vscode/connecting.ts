import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';

export const apiSetting = (value: string | undefined): Thenable<void> =>
  vscode.workspace
    .getConfiguration('edgeMemory')
    .update('cloudflare.apiBaseUrl', value, vscode.ConfigurationTarget.Global);

export const dataFolder = path.join(homedir(), '.edge-memory');
