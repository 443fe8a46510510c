import assert from 'node:assert/strict';
import { originUrl, repositoryName } from '../../../src/memory/gitConfig.ts';

const remote = (url: string): string => `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n`;

describe('the remote of a git config', () => {
  it('is origin, and no other one', () => {
    assert.equal(originUrl(remote('git@github.com:acme/Widget.git')), 'git@github.com:acme/Widget.git');
    assert.equal(originUrl('[remote "upstream"]\n\turl = https://x.test/a\n'), undefined);
    assert.equal(
      originUrl('[remote "origin"]\n\tfetch = x\n[remote "upstream"]\n\turl = https://x.test/a\n'),
      undefined,
    );
    assert.equal(originUrl(''), undefined);
  });

  it('may name an address in brackets', () => {
    assert.equal(originUrl(remote('https://[::1]:3000/acme/Far.git')), 'https://[::1]:3000/acme/Far.git');
  });

  for (const url of [
    'https://me:secret@example.test/team/Thing.git',
    '"https://me:secret@example.test/team/Thing.git"',
    'https://me:sec@ret@example.test/team/Thing.git',
    'https://me@corp.example:s@c@r@t@example.test/team/Thing.git',
    'https://secret@example.test/team/Thing.git',
  ])
    it(`holds no credentials: ${url}`, () =>
      assert.equal(originUrl(remote(url)), 'https://example.test/team/Thing.git'));

  it('keeps an @ of its path', () =>
    assert.equal(originUrl(remote('https://example.test/@acme/x.git')), 'https://example.test/@acme/x.git'));
});

describe('a repository', () => {
  for (const [url, name] of [
    ['git@github.com:acme/Widget.git', 'Widget'],
    ['https://example.test/team/Thing/', 'Thing'],
    ['ssh://git@host:22/a/b.c', 'b.c'],
    ['C:\\repos\\local', 'local'],
    ['../up.git', 'up'],
  ] as const)
    it(`is called ${name} for ${url}`, () => assert.equal(repositoryName(url), name));
});
