import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Memory, StoreResult } from '../../src/memory/memory.ts';
import { answerMessages, emptyStore, eventually, memoryOf, run, services, stored } from './access.ts';

const shownText = (): string => {
  const document = vscode.window.activeTextEditor?.document;
  assert.equal(document?.uri.scheme, 'edge-memory');
  return document.getText();
};

describe('the commands', () => {
  beforeEach(emptyStore);
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('store what they are called with, and say when it was known', async () => {
    const memory = { content: 'Deploy on Tuesdays', tags: ['Release'] };
    const first = await run<StoreResult>('storeMemory', memory);
    const second = await run<StoreResult>('storeMemory', { ...memory, tags: ['team'] });
    assert.equal(first.outcome, 'stored');
    assert.deepEqual(second, { contentHash: first.contentHash, outcome: 'merged' });
    const { tags, source } = await memoryOf(first.contentHash);
    assert.deepEqual([...tags].sort(), ['proj:workspace', 'release', 'team']);
    assert.equal(source?.client, 'vscode');
  });

  it('keep new memories out of the project where the setting says so', async () => {
    const settings = vscode.workspace.getConfiguration('edgeMemory');
    await settings.update('tagWithProject', false, vscode.ConfigurationTarget.Global);
    try {
      assert.deepEqual((await stored({ content: 'Belongs nowhere' })).tags, []);
    } finally {
      await settings.update('tagWithProject', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('search as typed, and open what is chosen', async () => {
    await stored({ content: 'The staging database listens on port 5433' });
    await stored({ content: 'Lunch is at noon' });
    const search = run('searchMemories', 'staging port');
    await eventually(async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      assert.match(shownText(), /port 5433/);
    });
    await search;
  });

  it('show a memory as a Markdown document that follows changes', async () => {
    const memory = await stored({ content: 'Use WAL for SQLite', tags: ['sqlite'], memoryType: 'decision' });
    await run('showMemory', memory.contentHash);
    assert.match(shownText(), /^---\n[^]*type: decision[^]*\n---\n\nUse WAL for SQLite\n$/);
    await run('editTags', memory.contentHash, { tags: ['sqlite', 'durability'] });
    await eventually(() => assert.match(shownText(), /tags: \[.*durability.*\]/));
  });

  it('change tags: what is new is added, what is gone removed, the project stays', async () => {
    const one = await stored({ content: 'one', tags: ['a', 'b'] });
    const two = await stored({ content: 'two', tags: ['b', 'c'] });
    await run('editTags', [one.contentHash, two.contentHash], { tags: ['new'] });
    const tagsOf = async (hash: string): Promise<string[]> => [...(await memoryOf(hash)).tags].sort();
    assert.deepEqual(await tagsOf(one.contentHash), ['a', 'new', 'proj:workspace']);
    assert.deepEqual(await tagsOf(two.contentHash), ['c', 'new', 'proj:workspace']);
  });

  it('change tags of several memories with a way back to what each had', async () => {
    const one = await stored({ content: 'one', tags: ['shared', 'new', 'a'] });
    const two = await stored({ content: 'two', tags: ['shared'] });
    const tagsOf = async ({ contentHash }: Memory): Promise<string[]> =>
      [...(await memoryOf(contentHash)).tags].sort();
    const before = [await tagsOf(one), await tagsOf(two)];
    const messages = answerMessages('showInformationMessage', 'Undo');
    try {
      const changed = await run<Memory[]>('editTags', [one.contentHash, two.contentHash], { tags: ['New'] });
      assert.deepEqual(
        changed.map(({ tags }) => tags.includes('new') && !tags.includes('shared')),
        [true, true],
      );
      assert.deepEqual(messages.texts, ['Changed the tags of 2 memories.']);
      await eventually(async () => assert.deepEqual([await tagsOf(one), await tagsOf(two)], before));
    } finally {
      messages.restore();
    }
  });

  it('pin and unpin', async () => {
    const { contentHash } = await stored({ content: 'pin me' });
    await run('pinMemory', contentHash);
    assert.equal((await memoryOf(contentHash)).pinned, true);
    await run('unpinMemory', contentHash);
    assert.equal((await memoryOf(contentHash)).pinned, false);
  });

  it('keep a memory, and a whole project, on this machine', async () => {
    const memory = await stored({ content: 'stays', project: 'one' });
    await run('keepLocal', memory.contentHash);
    assert.equal((await memoryOf(memory.contentHash)).localOnly, true);
    await run('endKeepLocal', memory.contentHash);
    assert.equal((await memoryOf(memory.contentHash)).localOnly, false);
    await run('keepProjectLocal', 'one');
    assert.deepEqual(await (await services()).store.localProjects(), ['one']);
    assert.equal((await memoryOf(memory.contentHash)).localOnly, true);
    await run('endKeepProjectLocal', 'one');
    assert.equal((await memoryOf(memory.contentHash)).localOnly, false);
  });

  it('offer only what is kept on this machine where that is to end', async () => {
    await stored({ content: 'may leave' });
    const kept = await stored({ content: 'stays', localOnly: true });
    const ending = run('endKeepLocal');
    await eventually(async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      assert.equal((await memoryOf(kept.contentHash)).localOnly, false);
    });
    await ending;
  });

  it('copy the whole text, several memories parted by an empty line', async () => {
    const long = 'x'.repeat(100_000);
    const one = await stored({ content: long });
    const two = await stored({ content: 'second' });
    await run('copyMemory', [one.contentHash, two.contentHash]);
    assert.equal(await vscode.env.clipboard.readText(), `${long}\n\nsecond`);
  });

  it('insert a memory at the cursor', async () => {
    const { contentHash } = await stored({ content: 'npm run build' });
    const document = await vscode.workspace.openTextDocument({ content: '$ here' });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 2, 0, 6);
    await run('insertMemory', contentHash);
    assert.equal(document.getText(), '$ npm run build');
  });

  it('show one notification for an error, with what to do next', async () => {
    const messages = answerMessages('showErrorMessage');
    try {
      assert.equal(await run('showMemory', 'f'.repeat(64)), undefined);
      assert.equal(messages.texts.length, 1);
      assert.match(messages.texts[0] ?? '', /not there any more/);
    } finally {
      messages.restore();
    }
  });

  it('say nothing about a cancellation', async () => {
    const messages = answerMessages('showErrorMessage');
    try {
      const { errors } = await services();
      errors.show('Cancelled.', new vscode.CancellationError());
      errors.show('Aborted.', AbortSignal.abort().reason);
      assert.deepEqual(messages.texts, []);
    } finally {
      messages.restore();
    }
  });
});
