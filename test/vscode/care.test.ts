import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Backup } from '../../src/local/localStore.ts';
import { answerMessages, emptyStore, eventually, run, services, stored } from './access.ts';

describe('backups', () => {
  beforeEach(emptyStore);

  it('bring back every memory as it was', async () => {
    const messages = answerMessages('showInformationMessage');
    try {
      await stored({ content: 'kept', tags: ['a'] });
      const backup = await run<Backup>('backUpNow');
      assert.equal(backup.memories, 1);
      await stored({ content: 'later' });
      await run('restoreBackup', backup.file);
      const { items } = await (await services()).store.list({});
      assert.deepEqual(
        items.map(({ content }) => content),
        ['kept'],
      );
      assert.equal(messages.texts.length, 2);
    } finally {
      messages.restore();
    }
  });
});

describe('diagnostics', () => {
  const content = 'The launch code is kumquat';
  beforeEach(emptyStore);
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('tell versions, health, settings and the log, but no memory and no home folder', async () => {
    await stored({ content });
    const settings = vscode.workspace.getConfiguration('edgeMemory');
    await settings.update('search.limit', 7, vscode.ConfigurationTarget.Global);
    try {
      (await services()).log.info('A line of the log.');
      const text = await eventually(async () => {
        const copied = await run<string>('copyDiagnostics');
        assert.match(copied, /A line of the log/);
        return copied;
      });
      assert.equal(await vscode.env.clipboard.readText(), text);
      assert.match(text, /- Edge Memory: \d+\.\d+\.\d+/);
      assert.match(text, /- Backend: this machine/);
      assert.match(text, /- File on this machine: ~\/\.edge-memory\/memory\.db/);
      assert.match(text, /- Memories: 1 /);
      assert.match(text, /- edgeMemory\.search\.limit: 7/);
      assert.ok(!text.includes('kumquat'));
      assert.ok(!text.includes(homedir()));
    } finally {
      await settings.update('search.limit', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('are shown before an issue page opens, and open it only after a yes', async () => {
    const opened: string[] = [];
    const original = vscode.env.openExternal;
    Object.assign(vscode.env, {
      openExternal: (uri: vscode.Uri) => Promise.resolve(opened.push(uri.toString()) > 0),
    });
    const no = answerMessages('showInformationMessage');
    try {
      await run('reportIssue');
      const shown = vscode.window.activeTextEditor?.document;
      assert.equal(shown?.uri.scheme, 'untitled');
      assert.match(shown.getText(), /## Edge Memory/);
      assert.deepEqual(opened, []);
      no.restore();
      const yes = answerMessages('showInformationMessage', 'Copy and Open Issue Page');
      await run('reportIssue');
      await eventually(() => assert.equal(opened.length, 1));
      assert.match(opened.join(), /^https:\/\/.*\/issues\/new$/);
      assert.match(await vscode.env.clipboard.readText(), /## Edge Memory/);
      yes.restore();
    } finally {
      no.restore();
      Object.assign(vscode.env, { openExternal: original });
    }
  });
});
