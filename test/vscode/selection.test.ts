import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { StoreResult } from '../../src/memory/memory.ts';
import { answerMessages, emptyStore, memoryOf, run } from './access.ts';

const text = 'import os\n\ndef connect():\n    return os.environ["DSN"]\n\nprint(1)\n';

describe('storing a selection', () => {
  let folder: vscode.Uri;

  before(async () => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace);
    folder = vscode.Uri.joinPath(workspace.uri, 'src');
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, 'database.py'), Buffer.from(text));
  });
  beforeEach(emptyStore);
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const select = async (selection: vscode.Selection): Promise<void> => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, 'database.py'));
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = selection;
  };

  it('keeps the file, the lines and the language', async () => {
    await select(new vscode.Selection(2, 0, 4, 0));
    const { contentHash } = await run<StoreResult>('storeSelection', { tags: ['db'] });
    const memory = await memoryOf(contentHash);
    const lines = 'def connect():\n    return os.environ["DSN"]';
    assert.equal(memory.content, `${lines}\n`);
    assert.deepEqual(memory.metadata, { language: 'python', file: 'src/database.py', line: 3 });
    assert.equal(memory.source?.path, 'src/database.py');
    assert.deepEqual(memory.source.lines, [3, 4]);
    assert.equal(memory.source.linesHash, createHash('sha256').update(lines).digest('hex'));
    assert.deepEqual([...memory.tags].sort(), ['db', 'proj:workspace']);
  });

  it('asks for a selection where there is none', async () => {
    await select(new vscode.Selection(2, 3, 2, 3));
    const messages = answerMessages('showInformationMessage');
    try {
      assert.equal(await run('storeSelection', { tags: [] }), undefined);
      assert.deepEqual(messages.texts, ['Select the text to remember first.']);
    } finally {
      messages.restore();
    }
  });
});
