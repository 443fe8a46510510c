import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { StoreResult } from '../../src/memory/memory.ts';
import { answerMessages, emptyStore, eventually, memoryOf, run, services, stored } from './access.ts';

describe('storing files', () => {
  let folder: vscode.Uri;
  const file = async (name: string, content: string | Uint8Array): Promise<vscode.Uri> => {
    const uri = vscode.Uri.joinPath(folder, name);
    await vscode.workspace.fs.writeFile(uri, Buffer.from(content));
    return uri;
  };

  const live = async () => (await (await services()).store.list({})).items;
  const contents = async (): Promise<string[]> => (await live()).map(({ content }) => content);
  const hashes = async (): Promise<string[]> => (await live()).map(({ contentHash }) => contentHash);

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

  it('takes those that are dropped onto the tree, but no memory from it', async () => {
    const { DragAndDrop } = await import('../../src/vscode/explorer/dragAndDrop.ts');
    const { contentHash } = await stored({ content: 'is in the tree already' });
    const messages = answerMessages('showInformationMessage');
    try {
      const uris = [
        await file('dropped.txt', 'let go'),
        vscode.Uri.parse(`edge-memory:/m/${contentHash}/a.md`),
      ];
      const data = new vscode.DataTransfer();
      const list = ['# dropped', ...uris.map(String)].join('\r\n');
      data.set('text/uri-list', new vscode.DataTransferItem(list));
      await new DragAndDrop(await services()).handleDrop(undefined, data);
      assert.deepEqual(messages.texts, ['Stored 1 file.']);
    } finally {
      messages.restore();
    }
    assert.deepEqual((await contents()).sort(), ['is in the tree already', 'let go']);
  });

  describe('and what else the clipboard holds', () => {
    const paste = async (text: string, answer?: string): Promise<string[]> => {
      await vscode.env.clipboard.writeText(text);
      const messages = answerMessages('showInformationMessage', answer);
      const pasting = run<StoreResult[]>('storeClipboard');
      const hideTags = setInterval(
        () => void vscode.commands.executeCommand('workbench.action.closeQuickOpen'),
        50,
      );
      try {
        await pasting;
        return messages.texts;
      } finally {
        clearInterval(hideTags);
        messages.restore();
      }
    };

    it('stores files by their paths and URIs, quoted or not', async () => {
      const [one, two] = [await file('one.txt', 'first'), await file('two words.txt', 'second')];
      assert.deepEqual(await paste(`"${one.fsPath}"\r\n${two.toString()}\n`), ['Stored 2 files.']);
      assert.deepEqual((await contents()).sort(), ['first', 'second']);
      assert.equal((await memoryOf((await hashes())[0] ?? '')).source?.path?.startsWith('files/'), true);
    });

    it('stores every other text as it is', async () => {
      const { fsPath } = await file('one.txt', 'first');
      const texts = [
        'Ask Ada first.\n  Then Bob.',
        `${fsPath} is the file to look at`,
        `${fsPath}\n${fsPath}.old`,
        folder.fsPath,
        'https://example.test/page',
      ];
      for (const text of texts) {
        const [message, ...others] = await paste(text);
        assert.match(message ?? '', /^Stored “/);
        assert.deepEqual(others, []);
      }
      assert.deepEqual((await contents()).sort(), texts.sort());
    });

    it('takes a text back where that is asked, but never one that was remembered before', async () => {
      assert.deepEqual(await paste('pasted by mistake', 'Undo'), ['Stored “pasted by mistake”.']);
      await eventually(async () => assert.deepEqual(await contents(), []));
      await stored({ content: 'known' });
      assert.deepEqual(await paste('known', 'Undo'), []);
      assert.deepEqual(await contents(), ['known']);
    });

    it('says what to copy where it is empty', async () => {
      const [message] = await paste(' \n');
      assert.match(message ?? '', /^The clipboard holds no text\. Copy a text, or the path of a text file/);
      assert.deepEqual(await contents(), []);
    });
  });
});
