import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CommandServices } from '../../src/vscode/commands/registerCommands.ts';
import { reconnect } from '../../src/vscode/connect/disconnect.ts';
import { isCancellation } from '../../src/vscode/errors.ts';
import { bringIn } from '../../src/vscode/found/bringIn.ts';
import { services } from './access.ts';

const never = (): Promise<never> => new Promise(() => undefined);

describe('a progress that is cancelled', () => {
  const { withProgress, showInformationMessage } = vscode.window;
  let titles: string[];

  /** Somebody presses Cancel as soon as the progress is there. */
  beforeEach(() => {
    titles = [];
    Object.assign(vscode.window, {
      withProgress: (
        { title = '' }: vscode.ProgressOptions,
        task: (progress: vscode.Progress<object>, token: vscode.CancellationToken) => Thenable<unknown>,
      ) => {
        titles.push(title);
        const source = new vscode.CancellationTokenSource();
        const running = task({ report: () => undefined }, source.token);
        source.cancel();
        return running;
      },
      showInformationMessage: never,
    });
  });
  afterEach(() => Object.assign(vscode.window, { withProgress, showInformationMessage }));

  it('looks for no more memories on this machine', async () => {
    await assert.rejects(bringIn((await services()) as CommandServices), isCancellation);
    assert.deepEqual(titles, ['Looking for memories on this machine']);
  });

  it('waits no longer for Cloudflare', async () => {
    const running = (await services()) as CommandServices;
    const connection = {
      readIfPossible: () => Promise.resolve({ account: 'a' }),
      tokens: { get: () => Promise.resolve('token') },
      reopen: () => undefined,
    } as unknown as CommandServices['connection'];
    const store = { active: never } as unknown as CommandServices['store'];
    await assert.rejects(reconnect({ ...running, connection, store }), isCancellation);
    assert.deepEqual(titles, ['Reconnecting to Cloudflare']);
  });
});
