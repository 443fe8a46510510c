import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

type Shown = 'showInformationMessage' | 'showWarningMessage' | 'showErrorMessage';

interface Message {
  readonly text: string;
  readonly detail: string;
}

/** Answers messages in a person's place: the button of the first that fits the text. */
export function answering(answers: Readonly<Record<string, string>>): { seen: Message[]; restore(): void } {
  const seen: Message[] = [];
  const kinds: readonly Shown[] = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'];
  const originals = kinds.map((kind) => [kind, vscode.window[kind]] as const);
  const replacement = (text: string, options?: unknown): Promise<string | undefined> => {
    const { detail = '' } = (options ?? {}) as { readonly detail?: string };
    seen.push({ text, detail });
    const known = Object.entries(answers).find(([beginning]) => text.startsWith(beginning));
    return Promise.resolve(known?.[1]);
  };
  for (const kind of kinds) Object.assign(vscode.window, { [kind]: replacement });
  return { seen, restore: () => Object.assign(vscode.window, Object.fromEntries(originals)) };
}

export const apiSetting = (value: string | undefined): Thenable<void> =>
  vscode.workspace
    .getConfiguration('edgeMemory')
    .update('cloudflare.apiBaseUrl', value, vscode.ConfigurationTarget.Global);

export const dataFolder = path.join(homedir(), '.edge-memory');

const searchProgram = `
  const { readdirSync, readFileSync, statSync } = require('node:fs');
  const [folder, text] = process.argv.slice(1);
  for (const name of readdirSync(folder, { recursive: true })) {
    try {
      const file = require('node:path').join(folder, name);
      if (statSync(file).isFile() && readFileSync(file).includes(text)) console.log(name);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }`;

/**
 * Files below a folder that hold a text, as they are on the disk. Searched by another process: one that closes a
 * SQLite file gives up all its locks on it (https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
 */
export async function filesWith(folder: string, text: string): Promise<string[]> {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', searchProgram, folder, text], {
    env,
  });
  return stdout.split('\n').filter((name) => name !== '');
}
