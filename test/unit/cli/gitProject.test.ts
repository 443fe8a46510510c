import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { commitOf, gitProjectOf } from '../../../src/cli/gitProject.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('the project of a folder', () => {
  const inFolder = temporaryFolder();
  const repository = (url: string) => {
    mkdirSync(inFolder('work', '.git'), { recursive: true });
    mkdirSync(inFolder('work', 'deep', 'er'), { recursive: true });
    writeFileSync(
      inFolder('work', '.git', 'config'),
      `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n`,
    );
  };

  it('is named after the remote, also from deep inside', () => {
    repository('git@example.com:owner/shop.git');
    const project = { name: 'shop', repository: 'git@example.com:owner/shop.git' };
    assert.deepEqual(gitProjectOf(inFolder('work')), project);
    assert.deepEqual(gitProjectOf(inFolder('work', 'deep', 'er')), project);
  });

  it('comes without the credentials of its address', () => {
    repository('https://user:secret@example.com/owner/shop');
    assert.deepEqual(gitProjectOf(inFolder('work')), {
      name: 'shop',
      repository: 'https://example.com/owner/shop',
    });
  });

  it('is found from a worktree', () => {
    repository('https://example.com/owner/shop.git');
    mkdirSync(inFolder('work', '.git', 'worktrees', 'w'), { recursive: true });
    writeFileSync(inFolder('work', '.git', 'worktrees', 'w', 'commondir'), '../..\n');
    mkdirSync(inFolder('tree'));
    writeFileSync(inFolder('tree', '.git'), `gitdir: ${inFolder('work', '.git', 'worktrees', 'w')}\n`);
    assert.equal(gitProjectOf(inFolder('tree'))?.name, 'shop');
  });

  describe('has a commit', () => {
    const [here, there] = ['a'.repeat(40), 'b'.repeat(40)];
    const head = (text: string) => writeFileSync(inFolder('work', '.git', 'HEAD'), `${text}\n`);
    const branch = (name: string, commit: string) => {
      mkdirSync(inFolder('work', '.git', 'refs', 'heads'), { recursive: true });
      writeFileSync(inFolder('work', '.git', 'refs', 'heads', name), `${commit}\n`);
    };
    beforeEach(() => repository('https://example.com/owner/shop.git'));

    it('that is checked out by itself or by a branch, packed too, and none before the first', () => {
      head('ref: refs/heads/main');
      assert.equal(commitOf(inFolder('work')), undefined);
      writeFileSync(inFolder('work', '.git', 'packed-refs'), `# pack-refs\n${there} refs/heads/main\n`);
      assert.equal(commitOf(inFolder('work')), there);
      branch('main', here);
      assert.equal(commitOf(inFolder('work')), here);
      head(there);
      assert.equal(commitOf(inFolder('work')), there);
    });

    it('that a worktree has checked out, of the branches of all', () => {
      head('ref: refs/heads/main');
      branch('main', here);
      branch('next', there);
      const own = inFolder('work', '.git', 'worktrees', 'w');
      mkdirSync(own, { recursive: true });
      writeFileSync(`${own}/commondir`, '../..\n');
      writeFileSync(`${own}/HEAD`, 'ref: refs/heads/next\n');
      mkdirSync(inFolder('tree'));
      writeFileSync(inFolder('tree', '.git'), `gitdir: ${own}\n`);
      assert.equal(commitOf(inFolder('tree')), there);
    });
  });

  it('is none outside of a repository with a remote', () => {
    mkdirSync(inFolder('plain'));
    assert.equal(gitProjectOf(inFolder('plain')), undefined);
  });
});
