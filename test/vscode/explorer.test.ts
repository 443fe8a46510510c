import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { decorationOf } from '../../src/vscode/explorer/decorations.ts';
import { waitingBadge } from '../../src/vscode/explorer/explorer.ts';
import { MemoryTree } from '../../src/vscode/explorer/memoryTree.ts';
import type { TreeNode } from '../../src/vscode/explorer/nodes.ts';
import { TreeOptions } from '../../src/vscode/explorer/treeOptions.ts';
import { nodeOf } from '../../src/vscode/explorer/reveal.ts';
import { answerMessages, emptyStore, eventually, run, services, servicesWith, stored } from './access.ts';

describe('the tree of memories', () => {
  let tree: MemoryTree;
  let options: TreeOptions;

  before(async () => {
    options = new TreeOptions((await services()).context);
    tree = new MemoryTree(await services(), options);
  });
  after(() => {
    tree.dispose();
    options.dispose();
  });
  beforeEach(emptyStore);
  afterEach(async () => {
    await options.narrow(undefined);
    await options.sort({ memories: 'newest', names: 'count' });
  });

  /** What lies below the rows of these labels, one below the other. */
  const children = async (...labels: readonly string[]): Promise<TreeNode[]> => {
    let nodes = await tree.getChildren();
    for (const wanted of labels) {
      const node = nodes.find((candidate) => label(candidate) === wanted);
      assert.ok(node, `no row ${wanted} among ${nodes.map((row) => label(row)).join(', ')}`);
      nodes = await tree.getChildren(node);
    }
    return nodes;
  };
  const labels = async (...path: readonly string[]): Promise<string[]> =>
    (await children(...path)).map((node) => label(node));
  const dayAgo = (days: number): number => Date.now() / 1000 - days * 86_400;
  const label = (node: TreeNode, of = tree): string => {
    const item = of.getTreeItem(node);
    assert.ok(typeof item.label === 'string');
    return item.label;
  };
  const whole = (node: TreeNode, of = tree): string => String(of.getTreeItem(node).description);
  /** What stands beside a row, and what it says. */
  const badgeOf = (node: TreeNode): unknown[] | undefined => {
    const { resourceUri } = tree.getTreeItem(node);
    const decoration = resourceUri && decorationOf(resourceUri);
    return decoration && [decoration.badge, decoration.tooltip];
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
    assert.deepEqual((await children('Tags')).map(row), ['red | 2', 'blue | 1']);
    assert.deepEqual((await children('Types')).map(row).sort(), ['decision | 1', 'note | 1']);
    assert.deepEqual((await children('Projects')).map(row).sort(), ['alpha | 1', 'beta | 1']);
    assert.deepEqual(await labels('Tags', 'red'), ['two', 'one']);
    assert.deepEqual(await labels('Types', 'decision'), ['one']);
    assert.deepEqual(await labels('Projects', 'beta'), ['two']);
  });

  it('groups recent memories by the day', async () => {
    await stored({ content: 'now' });
    await stored({ content: 'long ago', createdAt: new Date(2020, 1, 29, 12).getTime() / 1000 });
    await stored({ content: 'a day ago', createdAt: dayAgo(1) });
    await stored({ content: 'also a day ago', createdAt: dayAgo(1) + 1 });
    const weekday = new Date(dayAgo(3) * 1000).toLocaleDateString(vscode.env.language, { weekday: 'long' });
    await stored({ content: 'three days ago', createdAt: dayAgo(3) });
    assert.deepEqual((await children('Recent')).map(row), [
      'Today | 1',
      'Yesterday | 2',
      `${weekday} | 1`,
      'February 29, 2020 | 1',
    ]);
    assert.deepEqual(await labels('Recent', 'Yesterday'), ['also a day ago', 'a day ago']);
    await options.sort({ memories: 'oldest', names: 'count' });
    assert.deepEqual((await labels('Recent')).at(-1), 'Today');
    assert.deepEqual(await labels('Recent', 'Yesterday'), ['a day ago', 'also a day ago']);
  });

  it('nests tags by their colons, says how they are counted, and sorts them', async () => {
    await stored({ content: 'one', tags: ['area:api', 'area:web', 'zebra'] });
    await stored({ content: 'two', tags: ['area', 'area:api', 'zebra'] });
    await stored({ content: 'three', tags: ['zebra'] });
    assert.deepEqual((await children('Tags')).map(row), ['zebra | 3', 'area | 2']);
    assert.deepEqual(
      (await children('Tags', 'area')).map((node) => label(node)),
      ['api', 'web', 'two'],
    );
    assert.deepEqual(await labels('Tags', 'area', 'api'), ['two', 'one']);
    const [, area] = await children('Tags');
    assert.ok(area);
    const { tooltip } = tree.getTreeItem(area);
    assert.ok(typeof tooltip === 'string');
    assert.match(
      tooltip,
      /^#area: 2 memories, each counted once: 1 with this very tag, the others with one of the tags below it \(2\)\.$/,
    );
    await options.sort({ memories: 'newest', names: 'name' });
    assert.deepEqual(await labels('Tags'), ['area', 'zebra']);
  });

  it('keeps deleted memories apart, with their number', async () => {
    const memory = await stored({ content: 'not needed', tags: ['t'] });
    await stored({ content: 'needed' });
    await (await services()).store.delete([memory.contentHash]);
    assert.equal((await tree.getChildren()).map(row).at(-1), 'Deleted | 1');
    const [deleted] = await children('Deleted');
    assert.ok(deleted);
    assert.equal(tree.getTreeItem(deleted).contextValue, 'deleted');
  });

  it('shows only what matches a filter, in every section, and its counts', async () => {
    await stored({ content: 'one', tags: ['red', 'blue'], project: 'alpha', memoryType: 'note' });
    await stored({ content: 'two', tags: ['red'], project: 'beta', pinned: true });
    await stored({ content: 'three', tags: ['blue'], project: 'alpha', createdAt: dayAgo(40) });
    await options.narrow({ project: 'alpha', tags: ['blue'] });
    assert.deepEqual(await labels(), ['Recent', 'Tags', 'Types', 'Projects']);
    assert.deepEqual((await children('Tags')).map(row), ['blue | 2', 'red | 1']);
    assert.deepEqual(await labels('Tags', 'red'), ['one']);
    await options.narrow({ time: { from: dayAgo(41), to: dayAgo(39) } });
    assert.deepEqual((await labels('Recent')).length, 1);
    assert.deepEqual(await labels('Tags', 'blue'), ['three']);
    await options.narrow({ project: 'gamma' });
    assert.deepEqual(await labels(), []);
  });

  it('understands a time of its filter when it reads, not when it was typed', async () => {
    await stored({ content: 'yesterday', createdAt: dayAgo(1) });
    await stored({ content: 'of the week that was typed', createdAt: dayAgo(40) });
    await options.narrow({ timeText: 'last 3 days', time: { from: dayAgo(41), to: dayAgo(39) } });
    assert.deepEqual(await labels('Recent', 'Yesterday'), ['yesterday']);
    assert.equal((await labels('Recent')).length, 1);
    await options.narrow({ timeText: 'a blue moon' });
    const [only] = await tree.getChildren();
    assert.match(only ? whole(only) : '', /a blue moon/);
    const shown = answerMessages('showErrorMessage');
    try {
      await run('refresh');
      assert.match(shown.texts.join(), /a blue moon/);
    } finally {
      shown.restore();
    }
  });

  it('shows pinned memories apart', async () => {
    await stored({ content: 'often needed', pinned: true });
    await stored({ content: 'other' });
    assert.deepEqual(await labels('Pinned'), ['often needed']);
  });

  it('marks what stays on this machine', async () => {
    await stored({ content: 'private', project: 'secret' });
    await run('keepProjectLocal', 'secret');
    try {
      assert.deepEqual((await children('Projects')).map(row), ['secret | 1 · on this machine']);
      const [memory] = await children('Recent', 'Today');
      assert.ok(memory);
      assert.match(tree.getTreeItem(memory).accessibilityInformation?.label ?? '', /stays on this machine/);
      assert.deepEqual(badgeOf(memory), ['⌂', 'Stays on this machine']);
    } finally {
      await run('endKeepProjectLocal', 'secret');
    }
  });

  it('marks what was replaced, and nothing else', async () => {
    const old = await stored({ content: 'old' });
    await stored({ content: 'new', supersedes: old.contentHash });
    const rows = await children('Recent', 'Today');
    assert.deepEqual(
      rows.map((node) => [label(node), badgeOf(node)]),
      [
        ['new', undefined],
        ['old', ['→', 'Replaced by a newer memory']],
      ],
    );
    assert.equal(decorationOf(vscode.Uri.file('/replaced').with({ query: 'replaced' })), undefined);
  });

  it('says on its icon how many wait to be prepared in Cloudflare', () => {
    assert.equal(waitingBadge(0), undefined);
    assert.deepEqual(
      [1, 1234].map((waiting) => waitingBadge(waiting)),
      [
        { value: 1, tooltip: '1 memory waits to be prepared for search by meaning in Cloudflare' },
        { value: 1234, tooltip: '1,234 memories wait to be prepared for search by meaning in Cloudflare' },
      ],
    );
  });

  it('loads 50 rows at a time, of 200 memories and of 120 tags', async () => {
    const { store } = await services();
    const names = Array.from({ length: 200 }, (_, index) => `memory ${index}`);
    await store.storeMany(names.map((content, index) => ({ content, tags: [`tag-${index % 120}`] })));
    for (const path of [['Recent', 'Today'], ['Tags']]) {
      const first = await children(...path);
      assert.equal(first.length, 51);
      const more = first.at(-1);
      assert.ok(more?.kind === 'more');
      assert.equal(label(more), 'Load more…');
      tree.loadMore(more);
      const second = await children(...path);
      assert.equal(second.length, 101);
      assert.deepEqual(
        second.slice(0, 50).map((node) => label(node)),
        first.slice(0, 50).map((node) => label(node)),
      );
    }
    for (let page = 0; page < 2; page++) {
      const more = (await children('Recent', 'Today')).at(-1);
      assert.ok(more?.kind === 'more');
      tree.loadMore(more);
    }
    const all = await labels('Recent', 'Today');
    assert.equal(all.length, 200);
    assert.deepEqual(new Set(all), new Set(names));
  });

  it('keeps the ids of its rows from one reading to the next', async () => {
    await stored({ content: 'one', tags: ['red'] });
    const before = [await tree.getChildren(), await children('Tags'), await children('Tags', 'red')].flat();
    await stored({ content: 'two', tags: ['green'] });
    const after = [await tree.getChildren(), await children('Tags'), await children('Tags', 'red')].flat();
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
    const failing = new MemoryTree(await servicesWith({ list: broken, facets: broken }), options);
    try {
      const [only, ...rest] = await failing.getChildren();
      assert.ok(only);
      assert.deepEqual(rest, []);
      assert.equal(label(only, failing), 'Can not be read');
      assert.match(whole(only, failing), /disk on fire/);
      const { tooltip, accessibilityInformation } = failing.getTreeItem(only);
      assert.ok(typeof tooltip === 'string' && tooltip.includes('disk on fire'));
      assert.match(accessibilityInformation?.label ?? '', /^Can not be read: .*disk on fire/s);
    } finally {
      failing.dispose();
    }
  });

  it('has a plain-text tooltip for every memory, made when it is looked at', async () => {
    await stored({
      content: 'A *tooltip* with <b>markup</b> ![x](https://example.test/x.png)',
      tags: ['#<img>'],
    });
    const [memory] = await children('Recent', 'Today');
    assert.ok(memory);
    const item = tree.getTreeItem(memory);
    assert.equal(item.tooltip, undefined);
    const { tooltip } = tree.resolveTreeItem(item, memory);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.ok(!tooltip.isTrusted && !tooltip.supportHtml && !tooltip.supportThemeIcons);
    assert.match(tooltip.value, /A&nbsp;\\\*tooltip\\\*&nbsp;with/);
    assert.doesNotMatch(tooltip.value, /!\[x\]\(|<img|<b>/);
  });

  it('finds the row of a memory however deep it lies', async () => {
    const { store } = await services();
    await store.storeMany(
      Array.from({ length: 300 }, (_, i) => ({ content: `memory ${i}`, createdAt: dayAgo(i % 100) - i })),
    );
    const { items } = await store.list({ order: 'oldest', limit: 1 });
    const [oldest] = items;
    assert.ok(oldest);
    const node = await nodeOf(await services(), tree, oldest);
    const path: TreeNode[] = [];
    for (let at: TreeNode | undefined = node; at; at = tree.getParent(at)) path.unshift(at);
    let rows = await tree.getChildren();
    for (const { id } of path) {
      const row = rows.find((candidate) => candidate.id === id);
      assert.ok(row, `no row ${id}`);
      rows = await tree.getChildren(row);
    }
  });

  it('reads of the deleted memories only those above the row that it finds', async () => {
    const { store } = await services();
    const names = Array.from({ length: 120 }, (_, index) => `memory ${index}`);
    const results = await store.storeMany(names.map((content) => ({ content })));
    await store.delete(results.map(({ contentHash }) => contentHash));
    const { items } = await store.list({ filter: { state: 'deleted' }, limit: 120 });
    for (const [index, rows] of [
      [0, 50],
      [69, 70],
    ] as const) {
      const memory = items[index];
      assert.ok(memory);
      const { id } = await nodeOf(await services(), tree, memory);
      const shown = await children('Deleted');
      assert.equal(shown[index]?.id, id);
      assert.deepEqual([shown.length, shown.at(-1)?.kind], [rows + 1, 'more']);
    }
  });

  it('counts and lists as deleted what somebody deleted, not the earlier versions of what was edited', async () => {
    const { store } = await services();
    const first = await stored({ content: 'first text' });
    const { contentHash } = await store.update(first.contentHash, { content: 'second text' });
    assert.ok(!(await labels()).includes('Deleted'));
    const [earlier] = await store.get([first.contentHash]);
    assert.ok(earlier);
    assert.match((await nodeOf(await services(), tree, earlier)).id, new RegExp(contentHash));
    const gone = await stored({ content: 'unwanted' });
    await store.delete([gone.contentHash]);
    assert.deepEqual(
      (await children('Deleted')).map(({ id }) => id),
      [`deleted/${gone.contentHash}`],
    );
  });

  it('speaks of one memory in the singular, wherever it counts', async () => {
    await stored({ content: 'one', tags: ['area:api'], memoryType: 'note', project: 'alpha', pinned: true });
    const gone = await stored({ content: 'two' });
    await (await services()).store.delete([gone.contentHash]);
    const said: string[] = [];
    const listen = async (nodes: readonly TreeNode[]): Promise<void> => {
      for (const node of nodes) {
        const { tooltip, accessibilityInformation } = tree.getTreeItem(node);
        said.push(typeof tooltip === 'string' ? tooltip : '', accessibilityInformation?.label ?? '');
        if (node.kind !== 'memory') await listen(await tree.getChildren(node));
      }
    };
    await listen(await tree.getChildren());
    for (const spoken of [
      '#area: 1 memory',
      'api, 1 memory',
      'note, 1 memory',
      'alpha, 1 memory',
      'Deleted, 1 memory',
    ])
      assert.ok(
        said.some((text) => text.endsWith(spoken)),
        `${spoken} in ${said.join(' | ')}`,
      );
    assert.deepEqual(
      said.filter((text) => /\b1 (memories|tags|have)/.test(text)),
      [],
    );
  });
});
