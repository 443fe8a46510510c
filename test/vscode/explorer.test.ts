import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { MemoryTree } from '../../src/vscode/explorer/memoryTree.ts';
import type { TreeNode } from '../../src/vscode/explorer/nodes.ts';
import { emptyStore, eventually, run, services, servicesWith, stored } from './access.ts';

describe('the tree of memories', () => {
  let tree: MemoryTree;

  before(async () => {
    tree = new MemoryTree(await services());
  });
  after(() => tree.dispose());
  beforeEach(emptyStore);

  const children = async (id: string): Promise<TreeNode[]> => {
    let nodes = await tree.getChildren();
    for (const end of id.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'))) {
      const node = nodes.find((candidate) => candidate.id === end);
      assert.ok(node, `no node ${end}`);
      nodes = await tree.getChildren(node);
    }
    return nodes;
  };
  const label = (node: TreeNode, of = tree): string => {
    const item = of.getTreeItem(node);
    assert.ok(typeof item.label === 'string');
    return item.label;
  };
  const row = (node: TreeNode): string => `${label(node)} | ${String(tree.getTreeItem(node).description)}`;

  it('is empty without memories, so that the welcome view shows', async () => {
    assert.deepEqual(await tree.getChildren(), []);
  });

  it('has the sections that have something, and their counts', async () => {
    await stored({ content: 'one', tags: ['red', 'blue'], memoryType: 'decision', project: 'alpha' });
    await stored({ content: 'two', tags: ['red'], memoryType: 'note', project: 'beta' });
    assert.deepEqual(
      (await tree.getChildren()).map((node) => label(node)),
      ['Recent', 'Tags', 'Types', 'Projects'],
    );
    assert.deepEqual((await children('tags')).map(row), ['red | 2', 'blue | 1']);
    assert.deepEqual((await children('types')).map(row).sort(), ['decision | 1', 'note | 1']);
    assert.deepEqual((await children('projects')).map(row).sort(), ['alpha | 1', 'beta | 1']);
    assert.deepEqual(
      (await children('tags/red')).map((node) => label(node)),
      ['two', 'one'],
    );
    assert.deepEqual(
      (await children('types/decision')).map((node) => label(node)),
      ['one'],
    );
    assert.deepEqual(
      (await children('projects/beta')).map((node) => label(node)),
      ['two'],
    );
  });

  it('shows pinned memories apart', async () => {
    await stored({ content: 'often needed', pinned: true });
    await stored({ content: 'other' });
    assert.deepEqual(
      (await children('pinned')).map((node) => label(node)),
      ['often needed'],
    );
  });

  it('marks what stays on this machine', async () => {
    await stored({ content: 'private', project: 'secret' });
    await run('keepProjectLocal', 'secret');
    try {
      assert.deepEqual((await children('projects')).map(row), ['secret | 1 · on this machine']);
      const [memory] = await children('recent');
      assert.ok(memory);
      assert.match(tree.getTreeItem(memory).accessibilityInformation?.label ?? '', /stays on this machine/);
    } finally {
      await run('endKeepProjectLocal', 'secret');
    }
  });

  it('loads 50 rows at a time, of 200 memories and of 120 tags', async () => {
    const { store } = await services();
    const names = Array.from({ length: 200 }, (_, index) => `memory ${index}`);
    await store.storeMany(names.map((content, index) => ({ content, tags: [`tag-${index % 120}`] })));
    for (const section of ['recent', 'tags']) {
      const first = await children(section);
      assert.equal(first.length, 51);
      const more = first.at(-1);
      assert.ok(more?.kind === 'more');
      assert.equal(label(more), 'Load more…');
      tree.loadMore(more.parent);
      const second = await children(section);
      assert.equal(second.length, 101);
      assert.deepEqual(
        second.slice(0, 50).map((node) => label(node)),
        first.slice(0, 50).map((node) => label(node)),
      );
    }
    for (let page = 0; page < 2; page++) {
      const more = (await children('recent')).at(-1);
      assert.ok(more?.kind === 'more');
      tree.loadMore(more.parent);
    }
    const all = await children('recent');
    assert.equal(all.length, 200);
    assert.deepEqual(new Set(all.map((node) => label(node))), new Set(names));
  });

  it('keeps the ids of its rows from one reading to the next', async () => {
    await stored({ content: 'one', tags: ['red'] });
    const before = [await tree.getChildren(), await children('tags'), await children('tags/red')].flat();
    await stored({ content: 'two', tags: ['green'] });
    const after = [await tree.getChildren(), await children('tags'), await children('tags/red')].flat();
    const ids = new Set(after.map(({ id }) => id));
    assert.deepEqual(
      before.filter(({ id }) => !ids.has(id)),
      [],
    );
  });

  it('reads again after a change', async () => {
    let readings = 0;
    const subscription = tree.onDidChangeTreeData(() => readings++);
    try {
      await stored({ content: 'new' });
      await eventually(() => assert.equal(readings, 1));
    } finally {
      subscription.dispose();
    }
  });

  it('shows an error as a row, never as an empty list', async () => {
    const broken = (): Promise<never> => Promise.reject(new Error('disk on fire'));
    const failing = new MemoryTree(await servicesWith({ list: broken, facets: broken }));
    try {
      const [only, ...rest] = await failing.getChildren();
      assert.ok(only);
      assert.deepEqual(rest, []);
      assert.match(label(only, failing), /disk on fire/);
    } finally {
      failing.dispose();
    }
  });

  it('has a plain-text tooltip for every memory', async () => {
    await stored({ content: 'A *tooltip* with <b>markup</b>' });
    const [memory] = await children('recent');
    assert.ok(memory);
    const { tooltip } = tree.getTreeItem(memory);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.ok(!tooltip.isTrusted && !tooltip.supportHtml && !tooltip.supportThemeIcons);
    assert.match(tooltip.value, /A&nbsp;\\\*tooltip\\\*&nbsp;with/);
  });
});
