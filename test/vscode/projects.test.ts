import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { repositoryKey } from '../../src/memory/repositories.ts';
import { Projects } from '../../src/vscode/projects.ts';
import { commitOf, repositoryOf } from '../../src/vscode/gitRepository.ts';

const originOf = async (folder: vscode.Uri): Promise<string | undefined> =>
  (await repositoryOf(folder))?.origin;

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

  it('is read from a folder that is no file of this computer', async () => {
    const config = '[remote "origin"]\n\turl = https://example.test/acme/Far.git\n';
    const far = vscode.workspace.registerFileSystemProvider(
      'edge-memory-test',
      oneFile('/far/.git/config', config),
    );
    try {
      assert.equal(
        await originOf(vscode.Uri.parse('edge-memory-test:/far/src')),
        'https://example.test/acme/Far.git',
      );
    } finally {
      far.dispose();
    }
  });
});

describe('the project of a window', () => {
  it('follows a repository that is made, and gets its remote, while the window is open', async () => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace);
    const git = vscode.Uri.joinPath(workspace.uri, '.git');
    const config = vscode.Uri.joinPath(git, 'config');
    let now = 0;
    const projects = new Projects(() => now);
    const project = async () => {
      const { name, repository } = (await projects.of(workspace.uri)) ?? {};
      return [name, repository];
    };
    const before = await project();
    assert.equal(before[1], undefined);
    try {
      const remote = '[remote "origin"]\n\turl = https://example.test/acme/Widget.git\n';
      await vscode.workspace.fs.writeFile(config, Buffer.from(remote));
      assert.deepEqual(await project(), before);
      now += 5000;
      assert.deepEqual(await project(), ['widget', 'https://example.test/acme/Widget.git']);
    } finally {
      await vscode.workspace.fs.delete(git, { recursive: true });
    }
    now += 5000;
    assert.deepEqual(await project(), before);
  });
});

describe('the commit of a repository', () => {
  let folder: vscode.Uri;
  const at = (name: string): vscode.Uri => vscode.Uri.joinPath(folder, name);
  const write = (name: string, text: string): Thenable<void> =>
    vscode.workspace.fs.writeFile(at(name), Buffer.from(text));
  const commit = async (name: string): Promise<string | undefined> => {
    const repository = await repositoryOf(at(name));
    assert.ok(repository);
    return commitOf(repository);
  };
  const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string];

  before(() => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace);
    folder = vscode.Uri.joinPath(workspace.uri, 'commits');
  });
  after(() => vscode.workspace.fs.delete(folder, { recursive: true }));

  it('is that of the branch, in its own file or packed, or HEAD itself', async () => {
    await write('main/.git/HEAD', 'ref: refs/heads/main\n');
    assert.equal(await commit('main'), undefined);
    await write('main/.git/packed-refs', `# pack-refs\n${two} refs/heads/other\n${one} refs/heads/main\n`);
    assert.equal(await commit('main'), one);
    await write('main/.git/refs/heads/main', `${two}\n`);
    assert.equal(await commit('main'), two);
    await write('main/.git/HEAD', `${three}\n`);
    assert.equal(await commit('main'), three);
  });

  it('is a worktree’s own', async () => {
    await write('main/.git/refs/heads/fix', `${one}\n`);
    await write('main/.git/worktrees/fix/commondir', '../..\n');
    await write('main/.git/worktrees/fix/HEAD', 'ref: refs/heads/fix\n');
    await write('fix/.git', `gitdir: ${at('main/.git/worktrees/fix').fsPath}\n`);
    assert.equal(await commit('fix'), one);
  });
});

describe('two URLs of one repository', () => {
  for (const url of [
    'git@github.com:Acme/Widget.git',
    'https://github.com/acme/widget',
    'https://me@github.com/acme/widget.git/',
    'ssh://git@github.com/acme/widget.git',
    'ssh://git@github.com:22/acme/widget.git',
  ])
    it(`are the same: ${url}`, () => assert.equal(repositoryKey(url), 'github.com/acme/widget'));
  it('differ by owner', () =>
    assert.notEqual(repositoryKey('git@github.com:a/x.git'), repositoryKey('git@github.com:b/x.git')));
});

/** A virtual file system with one file in it. */
function oneFile(file: string, text: string): vscode.FileSystemProvider {
  const refuse = (): never => {
    throw vscode.FileSystemError.NoPermissions();
  };
  const stat = ({ path }: vscode.Uri): vscode.FileStat => {
    if (path !== file && !file.startsWith(`${path}/`)) throw vscode.FileSystemError.FileNotFound();
    const type = path === file ? vscode.FileType.File : vscode.FileType.Directory;
    return { type, ctime: 0, mtime: 0, size: text.length };
  };
  return {
    onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
    watch: () => new vscode.Disposable(() => undefined),
    stat,
    readFile: (uri) => {
      stat(uri);
      return Buffer.from(text);
    },
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
}
