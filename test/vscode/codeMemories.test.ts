import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Memory, StoreResult } from '../../src/memory/memory.ts';
import { codeStatesOf } from '../../src/vscode/code/codeStates.ts';
import { answerMessages, emptyStore, eventually, memoryOf, run, services } from './access.ts';
import { answering } from './answering.ts';

const commit = 'c'.repeat(40);
const code = ['export class Queue {', '  restart() {', '    return this.stop();', '  }', '}'];

describe('a memory made from code', () => {
  let folder: vscode.Uri;
  let file: vscode.Uri;
  let files = 0;
  let symbols: vscode.Disposable;
  const at = (name: string): vscode.Uri => vscode.Uri.joinPath(folder, name);
  const write = (uri: vscode.Uri, lines: readonly string[]): Thenable<void> =>
    vscode.workspace.fs.writeFile(uri, Buffer.from(lines.join('\n')));
  /** As somebody else's program would: the document in the editor follows. */
  const rewrite = async (lines: readonly string[]): Promise<void> => {
    const { document } = await show();
    const edit = new vscode.WorkspaceEdit();
    edit.replace(file, new vscode.Range(0, 0, document.lineCount, 0), lines.join('\n'));
    await vscode.workspace.applyEdit(edit);
    await document.save();
  };
  const show = async (): Promise<vscode.TextEditor> =>
    vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
  const store = async (first: number, last: number): Promise<Memory> => {
    const editor = await show();
    editor.selection = new vscode.Selection(first, 0, last, editor.document.lineAt(last).text.length);
    const { contentHash } = await run<StoreResult>('storeSelection', { tags: [] });
    return memoryOf(contentHash);
  };
  const stateOf = async (memory: Memory): Promise<string | undefined> => {
    const { projects } = await services();
    return (await codeStatesOf(projects, [memory])).get(memory.contentHash)?.kind;
  };
  const setting = (name: string, value: boolean | undefined): Thenable<void> =>
    vscode.workspace
      .getConfiguration('edgeMemory.editor')
      .update(name, value, vscode.ConfigurationTarget.Global);

  before(() => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace);
    folder = vscode.Uri.joinPath(workspace.uri, 'code');
    // The language of a test: the class and the method of the file.
    symbols = vscode.languages.registerDocumentSymbolProvider(
      { pattern: '**/*.demo' },
      {
        provideDocumentSymbols(document) {
          const lines = document.getText().split('\n');
          const symbol = (name: string, from: string, to: string): vscode.DocumentSymbol => {
            const first = lines.findIndex((line) => line.startsWith(from));
            const last = lines.findIndex((line, i) => i > first && line.startsWith(to));
            const range = new vscode.Range(first, 0, last, to.length);
            return new vscode.DocumentSymbol(name, '', vscode.SymbolKind.Class, range, range);
          };
          const queue = symbol('Queue', 'export class', '}');
          queue.children = [symbol('restart', '  restart', '  }')];
          return [queue];
        },
      },
    );
  });
  beforeEach(async () => {
    await emptyStore();
    // Another file for each test: VS Code goes on knowing the text of one that was closed.
    file = at(`queue${++files}.demo`);
    await write(file, ['// top', ...code, '// end']);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  after(async () => {
    symbols.dispose();
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });

  it('keeps the path, the symbol, the lines and their hash', async () => {
    const { source } = await store(2, 4);
    assert.equal(source?.path, `code/queue${files}.demo`);
    assert.equal(source.symbol, 'Queue.restart');
    assert.deepEqual(source.lines, [3, 5]);
    assert.match(source.linesHash ?? '', /^[\da-f]{64}$/);
  });

  it('knows whether its code is as it was, has moved, has changed or is gone', async () => {
    const memory = await store(2, 4);
    assert.equal(await stateOf(memory), 'same');
    await rewrite(['// one', '// two', '// three', ...code]);
    assert.equal(await stateOf(memory), 'moved');
    await rewrite(['// top', ...code.map((line) => line.replace('stop', 'halt'))]);
    assert.equal(await stateOf(memory), 'changed');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(file);
    await eventually(async () => assert.equal(await stateOf(memory), 'missing'));
  });

  it('says nothing about files of other projects of the same path', async () => {
    const { source, ...memory } = await store(2, 4);
    const foreign = { ...memory, source: { ...source, repository: 'https://x.test/other/one.git' } };
    assert.equal(await stateOf(foreign), undefined);
    assert.equal(await stateOf({ ...memory, source, tags: ['proj:elsewhere'] }), undefined);
    assert.equal(await stateOf({ ...memory, source: { ...source, path: '../../etc/passwd' } }), undefined);
  });

  it('that is still true is compared with the code as it is now', async () => {
    const memory = await store(2, 4);
    await rewrite(['// a', '// b', ...code.map((line) => line.replace('stop', 'halt'))]);
    await run('stillTrue', memory.contentHash);
    const now = await memoryOf(memory.contentHash);
    assert.equal(now.content, memory.content);
    assert.deepEqual(now.source?.lines, [4, 6]); // found by its symbol
    assert.equal(await stateOf(now), 'same');
  });

  it('is replaced by its code of now, after a look at it, and that can be undone', async () => {
    const memory = await store(2, 4);
    await rewrite(['// a', '// b', ...code.map((line) => line.replace('stop', 'halt'))]);
    const messages = answering({ Replace: 'Replace', Updated: 'Undo' });
    try {
      const updated = await run<Memory>('updateFromCode', memory.contentHash);
      assert.equal(updated.content, '  restart() {\n    return this.halt();\n  }');
      assert.equal(await stateOf(updated), 'same');
      const { store: all } = await services();
      await eventually(async () =>
        assert.deepEqual(
          (await all.list({})).items.map(({ content }) => content),
          [memory.content],
        ),
      );
    } finally {
      messages.restore();
    }
  });

  it('that says something about code is opened beside it, to be rewritten', async () => {
    const { store: all } = await services();
    const { source } = await store(2, 4);
    const { contentHash } = await all.store({ content: 'Restart stops first', project: 'workspace', source });
    await rewrite(['// a', ...code.map((line) => line.replace('stop', 'halt'))]);
    const messages = answerMessages('showInformationMessage');
    try {
      await run('updateFromCode', contentHash);
      assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /Restart stops first/);
      assert.equal((await memoryOf(contentHash)).content, 'Restart stops first');
    } finally {
      messages.restore();
    }
  });

  it('is shown above its lines and over them, only where the settings say so', async () => {
    const memory = await store(2, 4);
    const lenses = async (): Promise<string[]> => {
      const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        file,
      );
      return all.map(({ command, range }) => `${range.start.line} ${command?.title ?? ''}`);
    };
    const hovers = async (line: number): Promise<string> => {
      const all = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        file,
        new vscode.Position(line, 4),
      );
      return all
        .flatMap(({ contents }) => contents.map((part) => (part as vscode.MarkdownString).value))
        .join('\n');
    };
    assert.deepEqual([await lenses(), await hovers(3)], [[], '']);
    await setting('codeLens', true);
    await setting('hover', true);
    try {
      await eventually(async () => assert.deepEqual(await lenses(), ['2 $(note) restart() {']));
      await eventually(async () =>
        assert.match(await hovers(3), /restart\\\(\\\)[^]*command:edgeMemory.showMemory/),
      );
      assert.equal(await hovers(0), '');
      await rewrite(['// a', '// b', '// c', ...code.map((line) => line.replace('stop', 'halt'))]);
      await eventually(async () =>
        assert.deepEqual(await lenses(), [
          '2 $(note) restart() { · the code has changed since',
          '2 Update',
          '2 Still True',
          '2 Delete',
        ]),
      );
      assert.match(await hovers(3), /changed&nbsp;since[^]*updateFromCode[^]*stillTrue[^]*deleteMemory/);
      assert.equal(memory.source?.lines?.[0], 3);
    } finally {
      await setting('codeLens', undefined);
      await setting('hover', undefined);
    }
    await eventually(async () => assert.deepEqual(await lenses(), []));
  });

  it('can hold no command in its hover but the extension’s own', async () => {
    const { store: all } = await services();
    const { source } = await store(2, 4);
    await all.store({
      content: '[x](command:workbench.action.quit) <command:workbench.action.quit> $(flame)',
      project: 'workspace',
      source,
    });
    await setting('hover', true);
    try {
      await eventually(async () => {
        const all = await vscode.commands.executeCommand<vscode.Hover[]>(
          'vscode.executeHoverProvider',
          file,
          new vscode.Position(3, 4),
        );
        const parts = all.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
        const hostile = parts.filter(({ value }) => value.includes('quit'));
        assert.equal(hostile.length, 1);
        assert.equal(hostile[0]?.isTrusted, undefined);
        assert.doesNotMatch(hostile[0]?.value ?? '', /(?<!\\)\]\(command|<command/);
      });
    } finally {
      await setting('hover', undefined);
    }
  });

  it('is the only one that is offered where its code is asked for, whatever is shown', async () => {
    await store(1, 3);
    const { contentHash } = await run<StoreResult>('storeMemory', { content: 'about nothing in a file' });
    await run('showMemory', contentHash);
    const messages = answerMessages('showErrorMessage');
    try {
      const showing = run('showSource');
      await eventually(async () => {
        assert.deepEqual(messages.texts, []);
        await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), file.toString());
      });
      await showing;
    } finally {
      messages.restore();
    }
  });

  it('keeps the commit of its repository', async () => {
    const repository = at('repository');
    const uri = vscode.Uri.joinPath(repository, 'main.demo');
    await write(vscode.Uri.joinPath(repository, '.git/HEAD'), [commit]);
    await write(vscode.Uri.joinPath(repository, '.git/config'), [
      '[remote "origin"]',
      '\turl = git@x.test:a/b.git',
    ]);
    await write(uri, code);
    const { commitOf, repositoryOf } = await import('../../src/vscode/gitRepository.ts');
    const found = await repositoryOf(repository);
    assert.ok(found);
    assert.deepEqual([await commitOf(found), found.origin], [commit, 'git@x.test:a/b.git']);
  });
});

describe('storing what is selected in a terminal', () => {
  beforeEach(emptyStore);

  it('keeps the text and the name of the terminal', async () => {
    await vscode.env.clipboard.writeText('precious');
    const terminal = vscode.window.createTerminal({ name: 'build', shellPath: '/bin/sh' });
    const hideTags = setInterval(
      () => void vscode.commands.executeCommand('workbench.action.closeQuickOpen'),
      100,
    );
    const messages = answerMessages('showInformationMessage');
    try {
      terminal.show();
      terminal.sendText('echo remembered-from-$((40 + 2))');
      const result = await eventually(async () => {
        await vscode.commands.executeCommand('workbench.action.terminal.selectAll');
        const stored = await run<StoreResult | undefined>('storeTerminalSelection');
        const content = stored && (await memoryOf(stored.contentHash)).content;
        assert.match(content ?? '', /^remembered-from-42$/m);
        return stored;
      });
      assert.equal((await memoryOf(result?.contentHash ?? '')).metadata['terminal'], 'build');
      assert.equal(await vscode.env.clipboard.readText(), 'precious');
    } finally {
      messages.restore();
      clearInterval(hideTags);
      terminal.dispose();
    }
  });

  it('leaves the clipboard as it was, and asks for a selection where there is none', async () => {
    await vscode.env.clipboard.writeText('precious');
    const messages = answerMessages('showInformationMessage');
    try {
      assert.equal(await run('storeTerminalSelection'), undefined);
      assert.deepEqual(messages.texts, ['Select text in the terminal first.']);
    } finally {
      messages.restore();
    }
    assert.equal(await vscode.env.clipboard.readText(), 'precious');
  });
});
