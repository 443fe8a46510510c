import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { StoreResult } from '../../src/memory/memory.ts';
import { answerMessages, emptyStore, eventually, memoryOf, run, services } from './access.ts';

describe('storing files', () => {
  let folder: vscode.Uri;
  const file = async (name: string, content: string | Uint8Array): Promise<vscode.Uri> => {
    const uri = vscode.Uri.joinPath(folder, name);
    await vscode.workspace.fs.writeFile(uri, Buffer.from(content));
    return uri;
  };

  before(() => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace);
    folder = vscode.Uri.joinPath(workspace.uri, 'files');
  });
  beforeEach(emptyStore);
  after(() => vscode.workspace.fs.delete(folder, { recursive: true }));

  it('keeps their text, place and project', async () => {
    const uri = await file('notes.md', '# Notes\r\n\r\nTwo.\r\n');
    const [result] = await run<StoreResult[]>('storeFile', uri);
    const memory = await memoryOf(result?.contentHash ?? '');
    assert.equal(memory.content, '# Notes\r\n\r\nTwo.\r\n');
    assert.deepEqual(memory.tags, ['proj:workspace']);
    assert.equal(memory.source?.path, 'files/notes.md');
    assert.deepEqual(memory.source.lines, [1, 3]);
  });

  it('names those that are no text, and stores the others', async () => {
    const messages = answerMessages('showWarningMessage');
    try {
      const uris = [
        await file('one.txt', 'first'),
        await file('image.png', Uint8Array.of(0x89, 0x50, 0xff, 0)),
        vscode.Uri.joinPath(folder, 'nowhere.txt'),
        await file('blank.txt', ' \n'),
        await file('two.txt', 'second'),
      ];
      assert.equal((await run<StoreResult[]>('storeFile', uris[0], uris)).length, 2);
      await eventually(() =>
        assert.deepEqual(messages.texts, [
          'Stored 2 files. files/image.png is not a text file in UTF-8. Only text can be remembered. The log names 2 more.',
        ]),
      );
    } finally {
      messages.restore();
    }
  });

  it('can be undone, but for what was remembered before', async () => {
    const { store } = await services();
    await store.store({ content: 'known' });
    const messages = answerMessages('showInformationMessage', 'Undo');
    try {
      const uris = [await file('known.txt', 'known'), await file('new.txt', 'new')];
      await run('storeFile', uris[0], uris);
      await eventually(async () => {
        const { items } = await store.list({});
        assert.deepEqual(
          items.map(({ content }) => content),
          ['known'],
        );
      });
    } finally {
      messages.restore();
    }
  });
});
