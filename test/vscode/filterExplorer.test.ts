import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { type TreeFilter, TreeOptions } from '../../src/vscode/explorer/treeOptions.ts';
import { emptyStore, eventually, run, services, stored } from './access.ts';
import { TypedPick } from './typedPick.ts';

describe('filtering the explorer', () => {
  let pick: TypedPick<vscode.QuickPickItem>;
  const original = vscode.window.createQuickPick;

  before(async () => {
    await emptyStore();
    await stored({ content: 'one', tags: ['monorepo', 'area'], memoryType: 'decision' });
  });
  afterEach(async () => {
    pick.hide();
    Object.assign(vscode.window, { createQuickPick: original });
    await run('clearFilter');
  });

  const open = async (): Promise<void> => {
    pick = new TypedPick();
    Object.assign(vscode.window, { createQuickPick: () => pick });
    void run('filterExplorer');
    await eventually(() => assert.ok(pick.items.length > 0));
  };
  const type = (text: string): void => {
    for (let end = 1; end <= text.length; end++) pick.type(text.slice(0, end));
  };
  const tick = (label: string): void => {
    pick.selectedItems = [...pick.selectedItems, ...pick.items.filter((item) => item.label === label)];
  };
  const labels = (items: readonly vscode.QuickPickItem[]): string[] => items.map(({ label }) => label);
  const times = (): string[] => labels(pick.items).filter((label) => label.startsWith('$(calendar)'));
  const filters = async (expected: TreeFilter): Promise<void> => {
    const options = new TreeOptions((await services()).context);
    await eventually(() => assert.deepEqual(JSON.parse(JSON.stringify(options.filter ?? {})), expected));
    options.dispose();
  };

  it('takes the tag that typing leads to, whatever time its first letters could mean', async () => {
    await open();
    type('mon');
    assert.deepEqual([times(), labels(pick.selectedItems)], [['$(calendar) mon'], []]);
    type('monorepo');
    assert.deepEqual([times(), labels(pick.activeItems)], [[], ['$(tag) monorepo']]);
    pick.accept();
    await filters({ tags: ['monorepo'] });
  });

  it('takes a time that is typed where nothing is ticked, and only what is ticked otherwise', async () => {
    await open();
    type('last week');
    assert.deepEqual(labels(pick.activeItems), ['$(calendar) last week']);
    pick.accept();
    await filters({ timeText: 'last week' });
    await open();
    assert.deepEqual(labels(pick.selectedItems), ['$(calendar) last week']);
    type('last month');
    pick.accept();
    await filters({ timeText: 'last month' });
    await open();
    tick('$(layers) decision');
    type('area');
    pick.accept();
    await filters({ timeText: 'last month', memoryType: 'decision' });
  });

  it('keeps a time that is ticked while something else is typed', async () => {
    await open();
    type('last week');
    tick('$(calendar) last week');
    type('mon');
    assert.deepEqual(times(), ['$(calendar) mon', '$(calendar) last week']);
    type('monorepo');
    tick('$(tag) monorepo');
    assert.deepEqual(times(), ['$(calendar) last week']);
    pick.accept();
    await filters({ timeText: 'last week', tags: ['monorepo'] });
    await open();
    type('mon');
    pick.selectedItems = pick.items.slice(0, 2);
    pick.accept();
    await filters({ timeText: 'mon' });
  });

  it('stays open where typing leads to nothing', async () => {
    await run('filterExplorer', { tags: ['area'] });
    await open();
    pick.selectedItems = [];
    type('xyzzy');
    pick.accept();
    assert.ok(pick.items.length > 0);
    await filters({ tags: ['area'] });
  });
});
