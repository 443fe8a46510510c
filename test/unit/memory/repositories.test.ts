import assert from 'node:assert/strict';
import type { Memory, MemorySource } from '../../../src/memory/memory.ts';
import { pathIn } from '../../../src/memory/repositories.ts';

const shop = { name: 'shop', repository: 'git@example.com:acme/shop.git' };
const here = (source: MemorySource, project = shop as { name: string; repository: string | undefined }) =>
  pathIn({ source, tags: ['proj:shop'] } as unknown as Memory, project);

describe('the file that a memory came from', () => {
  it('is of a project where both name the same repository, however it is written', () => {
    const path = 'src/a.ts';
    assert.equal(here({ path, repository: 'https://example.com/Acme/shop' }), path);
    assert.equal(here({ path, repository: 'https://example.com/other/shop' }), undefined);
  });

  it('is of a project without a repository where the memory has its tag and no repository either', () => {
    const folder = { name: 'shop', repository: undefined };
    assert.equal(here({ path: 'a.ts' }, folder), 'a.ts');
    assert.equal(here({ path: 'a.ts' }, { ...folder, name: 'other' }), undefined);
    assert.equal(here({ path: 'a.ts' }), undefined);
    assert.equal(here({ path: 'a.ts', repository: shop.repository }, folder), undefined);
  });

  it('is of no project where its path leads elsewhere', () => {
    const { repository } = shop;
    for (const path of [
      '~/a.ts',
      '/etc/passwd',
      'C:\\a.ts',
      '\\\\server\\a.ts',
      '../a.ts',
      'src\\..\\..\\a.ts',
    ])
      assert.equal(here({ path, repository }), undefined);
    assert.equal(here({ repository }), undefined);
  });
});
