import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { StoreResult } from '../../src/memory/memory.ts';
import { emptyStore, eventually, run, services, stored } from './access.ts';

/** `edge-memory` as a process of its own, on the same file as this window. */
async function terminal(...args: readonly string[]): Promise<unknown> {
  const extension = vscode.extensions.getExtension('edge-memory.edge-memory');
  assert.ok(extension);
  const cli = path.join(extension.extensionPath, 'dist/cli.js');
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args, '--json'], { env });
  return JSON.parse(stdout);
}

describe('one memory for every process', () => {
  beforeEach(emptyStore);

  it('shows what the terminal stored within a second', async function () {
    this.retries(2); // other programs may take the time
    const { events, store } = await services();
    await new Promise((resolve) => setTimeout(resolve, 600)); // what emptying the store announced
    const seen: number[] = [];
    const subscription = events.onDidChange(() => seen.push(Date.now()));
    await terminal('store', 'told by the terminal', '--tags', 'shell');
    const ended = Date.now();
    await eventually(() => assert.ok(seen.length > 0));
    subscription.dispose();
    const delay = (seen[0] ?? Infinity) - ended;
    assert.ok(delay < 1000, `seen after ${delay} ms`);
    const { items } = await store.list({});
    assert.deepEqual(
      items.map(({ content }) => content),
      ['told by the terminal'],
    );
  });

  it('lets the terminal find what the window stored', async () => {
    await stored({ content: 'The printer is on the second floor' });
    const { results } = (await terminal('search', 'printer')) as {
      results: { memory: { content: string } }[];
    };
    assert.deepEqual(
      results.map(({ memory }) => memory.content),
      ['The printer is on the second floor'],
    );
  });

  it('lies in the home folder, unless the setting moves it', async () => {
    await stored({ content: 'at home' });
    assert.equal(await run('revealDataFolder'), path.join(homedir(), '.edge-memory'));
    const settings = vscode.workspace.getConfiguration('edgeMemory');
    const folder = await mkdtemp(path.join(tmpdir(), 'edge-memory-elsewhere-'));
    try {
      await settings.update('dataFolder', folder, vscode.ConfigurationTarget.Global);
      await eventually(async () => assert.equal(await run('revealDataFolder'), folder));
      await eventually(async () => assert.equal(await (await services()).store.count({}), 0));
      const { outcome } = await run<StoreResult>('storeMemory', { content: 'at home' });
      assert.equal(outcome, 'stored');
      assert.ok((await stat(path.join(folder, 'memory.db'))).size > 0);
    } finally {
      await settings.update('dataFolder', undefined, vscode.ConfigurationTarget.Global);
      await eventually(async () => assert.notEqual(await run('revealDataFolder'), folder));
      await rm(folder, { recursive: true, force: true });
    }
    const { items } = await (await services()).store.list({});
    assert.deepEqual(
      items.map(({ content }) => content),
      ['at home'],
    );
  });
});
