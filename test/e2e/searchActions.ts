import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { linesHashOf } from '../../src/memory/codeDrift.ts';
import { seedMemories } from '../harness/seedMemories.ts';
import { chooseItem, DAY, now, openSearchView, searchMemories, type SearchWindow } from './searchSteps.ts';

export const queue = 'export class Queue {\n  restart() {\n    return this.stop();\n  }\n}\n';
/** Made from the three lines of `restart`. */
const fromCode = {
  content: 'Restarting the queue only stops it',
  project: 'workspace',
  source: {
    client: 'vscode',
    path: 'queue.js',
    lines: [2, 4] as const,
    linesHash: linesHashOf(queue.split('\n').slice(1, 4)),
  },
};

/** What rows of the search view can be asked for, and how it is narrowed down; in a window with `searchMemories`. */
export function actionTests(window: SearchWindow): void {
  it('says that the code of a memory has changed since, and takes that it is still true', async () => {
    await seedMemories(window.vscode.home, [fromCode]);
    await window.find('restarting queue only stops');
    const row = window.search.row('Restarting the queue');
    const drift = row.getByText('the code has changed since');
    const changeLine = async (text: string): Promise<void> => {
      await window.workbench.openFile('queue.js');
      await window.press('Control+G');
      await window.workbench.enter(':3');
      await window.press('End');
      await window.vscode.page.keyboard.type(text);
      await window.press('Control+S');
      await drift.waitFor();
    };
    await row.waitFor();
    assert.equal(await drift.count(), 0);
    await changeLine(' // later');
    await row.hover();
    await window.vscode.screenshot('search-view-code-changed');
    await row.getByRole('button', { name: 'Still True', includeHidden: true }).click();
    await drift.waitFor({ state: 'detached' });
    await changeLine(' // once more');
    await row.click({ button: 'right' });
    await window.workbench.menuItem('Still True').waitFor();
    await window.vscode.screenshot('search-view-code-menu');
    await chooseItem(window.workbench.menuItem('Update from Code'));
    await window.workbench.saw('Rewrite “Restarting the queue');
    await window.workbench.tab('Restarting the queue').waitFor();
    await window.workbench.clearNotifications();
    await window.workbench.command('View: Close All Editors');
  });

  it('shows a memory in the explorer, from its menu and by a key', async () => {
    await window.find('restarting queue only stops');
    await window.search.row('Restarting the queue').click({ button: 'right' });
    await chooseItem(window.workbench.menuItem('Reveal in Explorer'));
    const selected = window.vscode.page.locator('.part.sidebar .monaco-list-row.selected', {
      hasText: 'Restarting the queue',
    });
    await selected.waitFor();
    window.search = await openSearchView(window.vscode);
    await window.search.retype('typed filler number 12 nothing');
    await window.search.answered('typed filler number 12 nothing');
    await window.search.row('number 12 ').waitFor();
    await window.press('ArrowDown');
    const active = await window.search.frame.locator('.results:focus .row.active .text').innerText();
    await window.press('Shift+Enter');
    await window.vscode.page
      .locator('.part.sidebar .monaco-list-row.selected', { hasText: active.slice(0, 24) })
      .waitFor();
    await window.vscode.page.locator('.part.sidebar .monaco-list:focus').waitFor();
    await window.vscode.screenshot('search-view-revealed');
  });

  it('copies, and exports what is chosen to a file', async () => {
    window.search = await openSearchView(window.vscode);
    await window.search.retype('deploys staging database');
    await window.search.answered('deploys staging database');
    await window.search.row('The staging database').waitFor();
    await window.search.row('Deploys go out').click({ modifiers: ['Control'] });
    await window.press('Control+C');
    await window.workbench.statusItem('Memory copied').waitFor();
    const { page } = window.vscode;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    assert.equal(copied, 'Deploys go out on Tuesdays, never on Fridays');
    await window.search.row('The staging database').click({ modifiers: ['Control'] });
    await window.search.status().getByText('2 of').waitFor();
    const file = path.join(window.vscode.folder, 'memories.jsonl');
    await rm(file, { force: true });
    await window.search.button('Export…').click();
    // The dialog comes with a name, which it writes once it has looked at the folder.
    await window.workbench.inputHolds(file);
    await window.press('Enter');
    await window.workbench.input().waitFor({ state: 'hidden' });
    const exported = await readWritten(file);
    // Another test may have added a tag since.
    const expected = searchMemories.slice(0, 2).map(({ content, tags }) => [content, tags]);
    assert.deepEqual(exported.map(({ content, tags }) => [content, tags.slice(0, 2)]).sort(), expected);
  });

  it('attaches memories to the chat', async () => {
    await window.find('deploys staging database');
    await window.search.row('Deploys go out').click({ button: 'right' });
    await chooseItem(window.workbench.menuItem('Attach to Chat'));
    await window.vscode.page.locator('.part.auxiliarybar').getByText('Deploys go out on Tuesdays').waitFor();
    await window.vscode.screenshot('search-view-attached');
    await window.workbench.command('View: Hide Secondary Side Bar');
  });

  it('narrows down to a project and to days, and sorts', async () => {
    await seedMemories(window.vscode.home, [
      { content: 'Restarting the queue of another shop', project: 'shop' },
    ]);
    await window.find('restarting queue');
    const [own, other] = [window.search.row('only stops it'), window.search.row('another shop')];
    await other.waitFor();
    await window.search.button('Filters').click();
    await window.search.frame.locator('#project').selectOption('this');
    await other.waitFor({ state: 'detached' });
    await window.search.frame.locator('#project').selectOption('one:shop');
    await own.waitFor({ state: 'detached' });
    await other.waitFor();
    await window.search.frame.locator('#project').selectOption('all');
    await own.waitFor();
    await window.find('runbook filler');
    const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);
    const [from, to] = [
      window.search.frame.getByLabel('From'),
      window.search.frame.getByLabel('To', { exact: true }),
    ];
    await from.fill(dayOf(now - 41 * DAY));
    await to.fill(dayOf(now - 39 * DAY));
    await window.search.status().getByText('1 memory').waitFor();
    await window.search.row('Runbook for the queue').waitFor();
    await window.vscode.screenshot('search-view-days');
    await from.fill('');
    await to.fill('');
    await window.search.frame.locator('#sort').selectOption('oldest');
    await window.search.row('Runbook').waitFor();
    await window.search.status().getByText('The best 200 memories').waitFor();
    await window.vscode.screenshot('search-view-sorted');
    await window.search.button('Filters').click();
    await window.search.field().fill('');
    await window.search.answered('');
    await window.search.frame.locator('.row[aria-rowindex="1"]', { hasText: 'number 699 ' }).waitFor();
    await window.search.frame.locator('#sort').selectOption('newest');
    await window.search.frame.locator('.row[aria-rowindex="1"]', { hasText: 'another shop' }).waitFor();
  });
}

/** The memories in a file that is being written. */
async function readWritten(file: string): Promise<{ content: string; tags: string[] }[]> {
  for (let tries = 0; ; tries++) {
    try {
      const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as { content: string; tags: string[] });
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
