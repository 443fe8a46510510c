import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answerMessages, emptyStore, eventually, texts } from './access.ts';
import { invoke, MCP, NOTICE, startServer } from './agentTools.ts';

describe('the notice of what an agent did', function () {
  this.timeout(60_000);
  beforeEach(emptyStore);

  it('tells the person what an agent stored, and undoes it', async () => {
    await startServer();
    const messages = answerMessages('showInformationMessage', 'Undo');
    try {
      await invoke(`${MCP}memory_store`, { content: 'A wrong fact' });
      await eventually(async () => assert.deepEqual(await texts(), []), 20_000);
      assert.match(messages.texts.join(), /stored “A wrong fact”\./);
    } finally {
      messages.restore();
    }
  });

  it('tells it once for what was done in one go, and not at all when muted', async () => {
    await startServer();
    const messages = answerMessages('showInformationMessage', 'Mute');
    const setting = () => vscode.workspace.getConfiguration('edgeMemory').get('agents.notice');
    try {
      for (const content of ['The cat is grey', 'Ports begin at 8000'])
        await invoke(`${MCP}memory_store`, { content, force: true });
      await eventually(() => assert.equal(setting(), 'off'), 20_000);
      assert.equal(messages.texts.length, 1);
      assert.match(messages.texts.join(), /stored 2 memories\./);
      await invoke(`${MCP}memory_store`, { content: 'Tea at four', force: true });
      await new Promise((resolve) => setTimeout(resolve, NOTICE));
      assert.equal(messages.texts.length, 1);
    } finally {
      messages.restore();
      await vscode.workspace
        .getConfiguration('edgeMemory')
        .update('agents.notice', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('waits with the next notice until the one before is answered', async () => {
    await startServer();
    const { showInformationMessage } = vscode.window;
    const shown: string[] = [];
    const answers: ((answer: string | undefined) => void)[] = [];
    Object.assign(vscode.window, {
      showInformationMessage: (text: string) => {
        shown.push(text);
        return new Promise((resolve) => answers.push(resolve));
      },
    });
    try {
      const store = (content: string) => invoke(`${MCP}memory_store`, { content, force: true });
      await store('The cat is grey');
      await eventually(() => assert.equal(shown.length, 1));
      await store('Ports begin at 8000');
      await store('Tea at four');
      await new Promise((resolve) => setTimeout(resolve, NOTICE));
      assert.equal(shown.length, 1, shown.join());
      answers[0]?.(undefined);
      await eventually(() => assert.match(shown[1] ?? '', /stored 2 memories\./));
      assert.equal(shown.length, 2);
    } finally {
      answers.forEach((answer) => answer(undefined));
      Object.assign(vscode.window, { showInformationMessage });
    }
  });
});
