import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Memory } from '../../src/memory/memory.ts';
import { memoryUri } from '../../src/vscode/documents/memoryUri.ts';
import { answerMessages, emptyStore, eventually, memoryOf, run, services, stored } from './access.ts';

const open = async (memory: Memory): Promise<vscode.TextEditor> => {
  await run('showMemory', memory.contentHash);
  const editor = vscode.window.activeTextEditor;
  assert.equal(editor?.document.uri.scheme, 'edge-memory');
  return editor;
};

const replace = async ({ document }: vscode.TextEditor, from: string, to: string): Promise<void> => {
  const start = document.getText().indexOf(from);
  assert.ok(start >= 0, `${from} in ${document.getText()}`);
  const edit = new vscode.WorkspaceEdit();
  const range = new vscode.Range(document.positionAt(start), document.positionAt(start + from.length));
  edit.replace(document.uri, range, to);
  await vscode.workspace.applyEdit(edit);
};

const live = async (): Promise<Memory[]> => [...(await (await services()).store.list({})).items];

describe('a memory as a document', () => {
  beforeEach(emptyStore);
  afterEach(async () => {
    while (vscode.window.activeTextEditor?.document.isDirty)
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('replaces the memory when it is saved, keeps its lineage, and stays the same document', async () => {
    const { store } = await services();
    const memory = await stored({ content: 'Deploy on Tuesdays', tags: ['release'], memoryType: 'decision' });
    const editor = await open(memory);
    await replace(editor, 'Tuesdays', 'Mondays');
    await replace(editor, '[release]', '[release, Team]');
    assert.ok(await editor.document.save());
    const [now] = await live();
    assert.equal(now?.content, 'Deploy on Mondays');
    assert.deepEqual([...now.tags].sort(), ['proj:workspace', 'release', 'team']);
    assert.deepEqual([now.memoryType, now.createdAt], ['decision', memory.createdAt]);
    assert.deepEqual(
      (await store.history(now.contentHash)).map(({ contentHash, replacedBy }) => [contentHash, replacedBy]),
      [[memory.contentHash, now.contentHash]],
    );
    // It shows what became of it, under the URI that it was opened by.
    await eventually(() =>
      assert.match(editor.document.getText(), new RegExp(`team\\][^]*hash: ${now.contentHash}`)),
    );
    assert.equal(editor.document.uri.toString(), memoryUri(memory).toString());
    assert.equal(editor.document.isDirty, false);
  });

  it('can be saved again and again, and undone past a save', async () => {
    const editor = await open(await stored({ content: 'one' }));
    for (const [from, to] of [
      ['\none', '\ntwo'],
      ['\ntwo', '\nthree'],
      ['\nthree', '\none'],
    ] as const) {
      await replace(editor, from, to);
      assert.ok(await editor.document.save());
      await eventually(async () => {
        const [now, ...others] = await live();
        assert.deepEqual([now?.content, others], [to.trim(), []]);
        assert.match(editor.document.getText(), new RegExp(`hash: ${now?.contentHash}`));
      });
    }
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('undo');
    assert.match(editor.document.getText(), /\nt(wo|hree)\n/);
  });

  it('is one document for a memory that was edited since it was opened', async () => {
    const editor = await open(await stored({ content: 'before' }));
    await replace(editor, 'before', 'after');
    await editor.document.save();
    const [now] = await live();
    assert.ok(now);
    const again = await open(now);
    assert.equal(again.document, editor.document);
  });

  it('follows what is changed elsewhere, the text too', async () => {
    const { store } = await services();
    const memory = await stored({ content: 'from here' });
    const { document } = await open(memory);
    await store.update(memory.contentHash, { content: 'from elsewhere', addTags: ['new'] });
    await eventually(() => assert.match(document.getText(), /tags: \[new\][^]*\n\nfrom elsewhere\n$/));
    await run('pinMemory');
    await eventually(() => assert.match(document.getText(), /\npinned: true\n/));
  });

  describe('of an earlier version', () => {
    /** Each test has a text of its own: documents of the one before may linger. */
    const edited = async (what: string): Promise<{ earlier: Memory; later: Memory }> => {
      const earlier = await stored({ content: `${what} on Tuesdays` });
      const editor = await open(earlier);
      await replace(editor, 'Tuesdays', 'Mondays');
      assert.ok(await editor.document.save());
      const [later] = await live();
      assert.ok(later);
      return { earlier, later };
    };
    const close = (): Thenable<unknown> => vscode.commands.executeCommand('workbench.action.closeAllEditors');

    it('shows that version, with what brings it back, and not what it was edited to', async () => {
      const { earlier } = await edited('Ship');
      for (const tidy of [() => Promise.resolve(), close]) {
        await tidy();
        const { document } = await open(earlier);
        assert.match(document.getText(), /\ndeleted: [^]*\n\nShip on Tuesdays\n$/);
        const { permissions } = await vscode.workspace.fs.stat(document.uri);
        assert.equal(permissions, vscode.FilePermission.Readonly);
      }
    });

    it('is the one that is edited and pinned once it lives again', async () => {
      const { earlier, later } = await edited('Meet');
      await close();
      await open(earlier);
      await run('restoreMemory', earlier.contentHash);
      const editor = await open(earlier);
      const { document } = editor;
      await eventually(() => assert.doesNotMatch(document.getText(), /\ndeleted: /));
      await run('pinMemory');
      const pinned = async (): Promise<boolean[]> =>
        Promise.all([earlier, later].map(async ({ contentHash }) => (await memoryOf(contentHash)).pinned));
      assert.deepEqual(await pinned(), [true, false]);
      await eventually(() => assert.match(document.getText(), /\npinned: true\n/));
      await replace(editor, 'Tuesdays', 'Fridays');
      assert.ok(await document.save());
      assert.deepEqual((await live()).map(({ content }) => content).sort(), [
        'Meet on Fridays',
        'Meet on Mondays',
      ]);
      // It follows its memory as every other document does.
      await eventually(() => assert.match(document.getText(), /\n\nMeet on Fridays\n$/));
    });

    it('is compared with the text of now', async () => {
      const { earlier, later } = await edited('Clean');
      const editor = await open(later);
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        editor.document.uri,
      );
      const lens = lenses.find(
        ({ command }) => command?.title === '$(history) Earlier Versions (1)',
      )?.command;
      assert.ok(lens);
      const offered: string[] = [];
      const { showQuickPick } = vscode.window;
      Object.assign(vscode.window, {
        showQuickPick: (items: readonly vscode.QuickPickItem[]) => {
          offered.push(...items.map(({ label }) => label));
          return Promise.resolve(items[0]);
        },
      });
      try {
        await vscode.commands.executeCommand(lens.command, ...((lens.arguments ?? []) as unknown[]));
      } finally {
        Object.assign(vscode.window, { showQuickPick });
      }
      assert.deepEqual(offered, ['Clean on Tuesdays']);
      const { documents } = await services();
      const compared = await eventually(async () => {
        const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
        assert.ok(input instanceof vscode.TabInputTextDiff);
        return Promise.all([input.original, input.modified].map((uri) => documents.memoryOf(uri)));
      });
      assert.deepEqual(
        compared.map((memory) => memory?.contentHash),
        [earlier.contentHash, later.contentHash],
      );
    });

    it('leads to what it was edited to', async () => {
      const { earlier, later } = await edited('Paint');
      const { document } = await open(earlier);
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
      );
      assert.deepEqual(
        lenses.map(({ command }) => [command?.command, command?.arguments]),
        [
          ['edgeMemory.restoreMemory', [earlier.contentHash]],
          ['edgeMemory.showMemory', [later.contentHash]],
        ],
      );
    });

    it('is not there where the text was not edited, which is said', async () => {
      const { contentHash } = await stored({ content: 'as it was' });
      const messages = answerMessages('showInformationMessage');
      try {
        await run('earlierVersions', contentHash);
        assert.deepEqual(messages.texts, ['“as it was” has no earlier versions: its text was not edited.']);
      } finally {
        messages.restore();
      }
    });

    it('is another document than the one that shows the later version, also where it was stored again', async () => {
      const { earlier, later } = await edited('Test');
      await stored({ content: 'Test on Tuesdays' });
      const { document } = await open(earlier);
      assert.match(document.getText(), /\n\nTest on Tuesdays\n$/);
      assert.match((await open(later)).document.getText(), /\n\nTest on Mondays\n$/);
      assert.equal((await open(await memoryOf(earlier.contentHash))).document, document);
    });
  });

  it('is a memory to commands by what it has become', async () => {
    const editor = await open(await stored({ content: 'short' }));
    await replace(editor, 'short', 'longer');
    await editor.document.save();
    await run('pinMemory');
    assert.equal((await live())[0]?.pinned, true);
  });

  it('is not saved with front matter that can not be kept, and keeps what was written', async () => {
    const memory = await stored({ content: 'kept', tags: ['one'] });
    const editor = await open(memory);
    await replace(editor, 'tags: [one]', 'tags: [one');
    await replace(editor, '\nkept', '\nwritten');
    assert.equal(await editor.document.save(), false);
    assert.ok(editor.document.isDirty);
    assert.match(editor.document.getText(), /written/);
    assert.equal((await memoryOf(memory.contentHash)).content, 'kept');
  });

  it('says what is wrong while it is written, and no more once it is right', async () => {
    const editor = await open(await stored({ content: 'x', tags: ['one'] }));
    const { uri } = editor.document;
    await replace(editor, 'tags: [one]', 'tugs: [one]');
    await eventually(() => {
      const [problem] = vscode.languages.getDiagnostics(uri);
      assert.match(problem?.message ?? '', /“tugs” is no field of a memory/);
      assert.equal(problem?.range.start.line, 1);
    });
    await replace(editor, 'tugs', 'tags');
    await eventually(() => assert.deepEqual(vscode.languages.getDiagnostics(uri), []));
  });

  it('offers the tags, types and projects in use', async () => {
    await stored({
      content: 'a',
      tags: ['docker', 'needs: quotes'],
      memoryType: 'decision',
      project: 'billing',
    });
    const editor = await open(await stored({ content: 'b', tags: ['do'], memoryType: 'x' }));
    const offered = async (after: string): Promise<string[]> => {
      const { document } = editor;
      const position = document.positionAt(document.getText().indexOf(after) + after.length);
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        position,
      );
      return list.items.map(({ insertText }) => (typeof insertText === 'string' ? insertText : ''));
    };
    const tags = await offered('tags: [do');
    assert.ok(tags.includes('docker') && tags.includes('"needs: quotes"'));
    const types = await offered('type: ');
    assert.deepEqual(types.slice(0, 2).sort(), ['decision', 'x']);
    assert.ok(types.includes('learning'));
    assert.ok((await offered('project: ')).includes('billing'));
    assert.deepEqual(await offered('\n\nb'), []);
  });

  it('is stored when a new one is saved', async () => {
    const uri = await run<vscode.Uri>('newMemory');
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    assert.equal(editor.document.isDirty, false);
    await replace(editor, 'tags: []', 'tags: [fresh]');
    assert.equal(await editor.document.save(), false); // it is empty still
    await replace(editor, '---\n\n', '---\n\nWritten in the editor');
    assert.ok(await editor.document.save());
    const [memory] = await live();
    assert.deepEqual([memory?.content, memory?.tags], ['Written in the editor', ['fresh', 'proj:workspace']]);
    await replace(editor, 'editor', 'new editor');
    await editor.document.save();
    assert.equal((await live()).length, 1);
    assert.equal(editor.document.uri.toString(), uri.toString());
  });

  it('that is deleted can only be looked at, until it is restored', async () => {
    const memory = await stored({ content: 'gone for now' });
    const { store } = await services();
    const { document } = await open(memory);
    await store.delete([memory.contentHash]);
    await eventually(() => assert.match(document.getText(), /\ndeleted: /));
    const stat = await vscode.workspace.fs.stat(document.uri);
    assert.equal(stat.permissions, vscode.FilePermission.Readonly);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    const restore = lenses.find(({ command }) => command?.command === 'edgeMemory.restoreMemory')?.command;
    assert.ok(restore);
    await vscode.commands.executeCommand(restore.command, ...((restore.arguments ?? []) as unknown[]));
    await eventually(() => assert.doesNotMatch(document.getText(), /\ndeleted: /));
    assert.equal((await vscode.workspace.fs.stat(document.uri)).permissions, undefined);
  });

  it('that was deleted under somebody’s hands is stored anew, if they say so', async () => {
    const memory = await stored({ content: 'mine', tags: ['kept'] });
    const { store } = await services();
    const editor = await open(memory);
    await replace(editor, '\nmine', '\nmine, edited');
    await store.delete([memory.contentHash]);
    for (const [answer, saved] of [
      [undefined, false],
      ['Store Anew', true],
    ] as const) {
      const messages = answerMessages('showWarningMessage', answer);
      try {
        assert.equal(await editor.document.save(), saved);
        assert.deepEqual(messages.texts, ['This memory was deleted while you were editing it.']);
      } finally {
        messages.restore();
      }
      assert.match(editor.document.getText(), /mine, edited/);
    }
    const [anew] = await live();
    assert.deepEqual(
      [anew?.content, anew?.tags, anew?.createdAt],
      ['mine, edited', ['kept', 'proj:workspace'], memory.createdAt],
    );
  });

  it('is not saved over a newer one without a question', async () => {
    const { store } = await services();
    const memory = await stored({ content: 'common', tags: ['aa'] });
    const editor = await open(memory);
    await replace(editor, '\ncommon', '\nmine');
    // Of the same length, which VS Code alone would take for no change.
    await store.update(memory.contentHash, { tags: ['bb'] });
    assert.equal(await editor.document.save(), false);
    assert.ok(editor.document.isDirty);
    const now = await memoryOf(memory.contentHash);
    assert.deepEqual([now.content, now.tags], ['common', ['bb']]);
  });

  it('is shown whole, however long', async () => {
    const content = Array.from({ length: 60_000 }, (_, i) => `line ${i} of a long memory`).join('\n');
    const editor = await open(await stored({ content }));
    assert.ok(editor.document.getText().endsWith(`${content}\n`));
    await replace(editor, 'line 59999 ', 'last line ');
    assert.ok(await editor.document.save());
    const [now] = await live();
    assert.ok(now);
    assert.ok((await memoryOf(now.contentHash)).content.endsWith('last line of a long memory'));
  });

  it('says so where there is none', async () => {
    const uri = memoryUri({ ...(await stored({ content: 'here' })), contentHash: 'f'.repeat(64) });
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri), /nonexistent file/);
  });
});
