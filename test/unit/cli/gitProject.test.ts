import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { gitProjectOf } from '../../../src/cli/gitProject.ts';
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

  it('is none outside of a repository with a remote', () => {
    mkdirSync(inFolder('plain'));
    assert.equal(gitProjectOf(inFolder('plain')), undefined);
  });
});
