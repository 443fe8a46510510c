import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { originOf, originUrl, repositoryName } from '../../src/vscode/gitRepository.ts';

describe('the project of a folder', () => {
  let folder: vscode.Uri;
  const write = (name: string, text: string): Thenable<void> =>
    vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), Buffer.from(text));
  const at = (name: string): vscode.Uri => vscode.Uri.joinPath(folder, name);

  before(() => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace);
    folder = vscode.Uri.joinPath(workspace.uri, 'repositories');
  });
  after(() => vscode.workspace.fs.delete(folder, { recursive: true }));

  it('comes from the remote origin of its repository', async () => {
    await write(
      'main/.git/config',
      '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:acme/Widget.git\n',
    );
    await write('main/src/deep/file.txt', '');
    assert.equal(await originOf(at('main')), 'git@github.com:acme/Widget.git');
    assert.equal(await originOf(at('main/src/deep')), 'git@github.com:acme/Widget.git');
  });

  it('is found from a worktree, whose .git is a file', async () => {
    await write('main/.git/worktrees/fix/commondir', '../..\n');
    await write('fix/.git', `gitdir: ${at('main/.git/worktrees/fix').fsPath}\n`);
    assert.equal(await originOf(at('fix')), 'git@github.com:acme/Widget.git');
  });

  it('is found from a submodule', async () => {
    await write('main/.git/modules/lib/config', '[remote "origin"]\n\turl = ../Library.git\n');
    await write('main/lib/.git', 'gitdir: ../.git/modules/lib\n');
    assert.equal(await originOf(at('main/lib')), '../Library.git');
  });

  it('has no remote where the repository has none', async () => {
    await write(
      'alone/.git/config',
      '[core]\n\tbare = false\n[remote "upstream"]\n\turl = https://x.test/a\n',
    );
    assert.equal(await originOf(at('alone')), undefined);
  });

  it('never holds the credentials of a URL', () => {
    const config = '[remote "origin"]\n  url = "https://me:secret@example.test/team/Thing.git"\n';
    assert.equal(originUrl(config), 'https://example.test/team/Thing.git');
  });

  for (const [url, name] of [
    ['git@github.com:acme/Widget.git', 'Widget'],
    ['https://example.test/team/Thing/', 'Thing'],
    ['ssh://git@host:22/a/b.c', 'b.c'],
    ['C:\\repos\\local', 'local'],
    ['../up.git', 'up'],
  ] as const)
    it(`is called ${name} for ${url}`, () => assert.equal(repositoryName(url), name));
});
