import assert from 'node:assert/strict';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { seedMemories } from '../harness/seedMemories.ts';
import type { Workbench } from '../harness/workbench.ts';
import { actionTests, queue } from './searchActions.ts';
import {
  chooseItem,
  DAY,
  now,
  openSearchView,
  SearchFace,
  searchMemories,
  type SearchWindow,
} from './searchSteps.ts';
import { survivalTests } from './searchSurvival.ts';
import { quickTitle, store } from './steps.ts';

/** Enough to scroll through. */
const filler = Array.from({ length: 700 }, (_, index) => ({
  content: `Filler note number ${index} about nothing in particular`,
  tags: [`filler-${index % 7}`],
  createdAt: now - 100 * DAY - index * 60,
}));

describe('the search view', () => {
  let vscode: OpenWorkbench;
  let workbench: Workbench;
  let search: SearchFace;

  before(async () => {
    vscode = await openWorkbench({ workspaceFiles: { 'notes.md': 'Notes:\n', 'queue.js': queue } });
    workbench = vscode.workbench;
    search = await openSearchView(vscode);
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(() => vscode.stop());

  const press = (key: string): Promise<void> => vscode.page.keyboard.press(key);

  /** Types in place of what the field holds, and waits for the rows. */
  const find = async (query: string): Promise<void> => {
    await search.field().click();
    await search.retype(query);
    await search.answered(query);
  };

  const window: SearchWindow = {
    get vscode() {
      return vscode;
    },
    get workbench() {
      return workbench;
    },
    get search() {
      return search;
    },
    set search(face) {
      search = face;
    },
    press,
    find,
  };

  it('says what to do where nothing is stored', async () => {
    await search.frame.getByText('Nothing to search yet').waitFor();
    await workbench.welcome().getByRole('button', { name: 'Store a Memory' }).waitFor();
    await vscode.screenshot('search-view-empty');
    await workbench.welcome().getByRole('button', { name: 'Store a Memory' }).click();
    await workbench.input().waitFor();
    await workbench.enter('Stored from the empty search');
    await workbench
      .pickRows()
      .first()
      .waitFor({ state: 'detached' })
      .catch(() => undefined);
    await press('Escape');
    await search.row('Stored from the empty search').waitFor();
  });

  it('shows what is stored elsewhere without a reload, newest first', async () => {
    await seedMemories(vscode.home, [...filler, ...searchMemories]);
    await search.row('Use WAL mode').waitFor();
    await search.status().getByText('705 memories').waitFor();
    await vscode.screenshot('search-view-list');
  });

  it('loads further rows while it is scrolled, and draws only those in sight', async () => {
    await search.scrollTo(0.5);
    await search.row(/number 3\d\d /).waitFor();
    await search.scrollTo(1);
    await search.row('number 699 ').waitFor();
    assert.ok((await search.rows().count()) < 60);
    await search.scrollTo(0);
    await search.row('Stored from the empty search').waitFor();
  });

  it('finds while a query is typed, and marks the words', async () => {
    await find('restart the worker');
    const row = search.row('Runbook for the queue');
    await row.locator('mark', { hasText: 'restart' }).waitFor();
    await row.getByText(/\d+ %/).waitFor();
    await find('when do we ship');
    await search.row('Deploys go out').waitFor();
    await vscode.screenshot('search-view-found');
  });

  it('needs no mouse', async () => {
    search = await openSearchView(vscode);
    await search.retype('database sqlite staging');
    await search.answered('database sqlite staging');
    await press('ArrowDown');
    await search.frame.locator('.results:focus .row.active').waitFor();
    const first = await search.frame.locator('.row.active').getAttribute('aria-label');
    await press('ArrowDown');
    await press('Shift+ArrowUp');
    await search.status().getByText('2 of').waitFor();
    await press('Escape');
    await search.frame.locator('.row.chosen').nth(1).waitFor({ state: 'detached' });
    await press('Home');
    assert.equal(await search.frame.locator('.row.active').getAttribute('aria-label'), first);
    await press('Enter');
    await workbench
      .editorLines()
      .getByText(/database|SQLite/)
      .first()
      .waitFor();
    search = await openSearchView(vscode);
    await press('ArrowDown');
    await search.frame.locator('.results:focus').waitFor();
    await press('Escape');
    await search.frame.locator('#query:focus').waitFor();
    await press('ArrowDown');
    await search.frame.locator('.results:focus').waitFor();
    await press('/');
    await search.frame.locator('#query:focus').waitFor();
  });

  it('deletes after a question and brings back, by keys alone', async () => {
    await store(workbench, 'typed to be deleted soon');
    search = await openSearchView(vscode);
    await search.retype('typed deleted soon');
    await search.answered('typed deleted soon');
    await search.row('typed to be deleted soon').waitFor();
    await press('ArrowDown');
    await search.frame.locator('.results:focus .row.active', { hasText: 'typed to be deleted' }).waitFor();
    await press('Delete');
    await workbench.dialog().getByText('Delete the memory “typed to be deleted soon”').waitFor();
    await press('Enter');
    await search.row('typed to be deleted soon').waitFor({ state: 'detached' });
    await workbench.saw('Deleted “typed to be deleted');
    search = await openSearchView(vscode);
    await press('ArrowDown');
    await search.frame.locator('.results:focus').waitFor();
    await press('Control+Z');
    await search.row('typed to be deleted soon').waitFor();
  });

  it('opens the menu of a row by keys alone', async () => {
    await search.retype('typed deleted soon');
    await search.answered('typed deleted soon');
    await search.row('typed to be deleted soon').waitFor();
    await press('ArrowDown');
    await search.frame.locator('.results:focus .row.active', { hasText: 'typed to be deleted' }).waitFor();
    await press('Shift+F10');
    await workbench.menuItem('Find Similar').waitFor();
    await vscode.screenshot('search-view-menu-by-keys');
    await press('Escape');
    await workbench.menuItem('Find Similar').waitFor({ state: 'hidden' });
  });

  it('lets go of its page while it is hidden, and is there again with what it held', async () => {
    const toggle = 'View: Toggle Primary Side Bar Visibility';
    const { frame } = search;
    await workbench.command(toggle);
    while (!frame.isDetached()) await vscode.page.waitForTimeout(100);
    await workbench.command(toggle);
    search = await openSearchView(vscode);
    await search.answered('typed deleted soon');
    await search.row('typed to be deleted soon').waitFor();
  });

  it('acts on several memories at once', async () => {
    await find('database');
    await search.row('Use WAL mode').click();
    await workbench.editorLines().getByText('Use WAL mode').first().waitFor();
    await search.row('The staging database').click({ modifiers: ['Control'] });
    await search.status().getByText('2 of').waitFor();
    await vscode.screenshot('search-view-several');
    await search.button('Edit Tags').click();
    await workbench.enter('shared');
    await workbench.input().waitFor({ state: 'hidden' });
    await search.row('Use WAL mode').getByText('#shared').waitFor();
    await search.row('The staging database').getByText('#shared').waitFor();
    await search.button('Export…').click();
    await workbench.input().waitFor();
    await press('Escape');
    await search.button('Clear the selection').click();
  });

  it('inserts at the cursor of the file that was open before', async () => {
    await workbench.openFile('notes.md');
    await press('Control+End');
    await find('Use WAL mode');
    await search.row('Use WAL mode').hover();
    await search
      .row('Use WAL mode')
      .getByRole('button', { name: 'Insert at Cursor', includeHidden: true })
      .click();
    await workbench.editorLines().getByText('Use WAL mode for SQLite when').first().waitFor();
    await press('Control+Z');
  });

  it('narrows down by tag, type and time, and says what it understood', async () => {
    await find('the');
    await search.button('Filters').click();
    const tags = search.frame.getByRole('combobox', { name: 'Tags' });
    await tags.click();
    await vscode.page.keyboard.type('dat', { delay: 15 });
    await search.frame.getByRole('option', { name: 'database' }).waitFor();
    // This Enter ends the writing of a word with an input method, not the tag.
    const confirmed = `new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })`;
    await search.frame.evaluate(`document.activeElement.dispatchEvent(${confirmed})`);
    await press('ArrowDown');
    await press('Enter');
    await search.frame.locator('.chip', { hasText: '#database' }).waitFor();
    assert.equal(await search.frame.locator('.chip').count(), 1);
    await search.row('Deploys').waitFor({ state: 'detached' });
    await search.frame.locator('#time').fill('last 2 days');
    await search.frame.locator('#understood', { hasText: /\d{4}, \d\d:\d\d – / }).waitFor();
    await vscode.screenshot('search-view-filters');
    const problem = search.frame.locator('#understood', { hasText: 'is not a time that can be understood' });
    await search.frame.locator('#time').selectText();
    await search.frame.locator('#time').pressSequentially('a blue', { delay: 15 });
    await problem.waitFor();
    // It may yet become one: the rows stay until the field is left.
    assert.ok((await search.rows().count()) > 0);
    await vscode.screenshot('search-view-time-typed');
    await press('Tab');
    await search.frame.getByText('The time is not understood').waitFor();
    assert.equal(await search.rows().count(), 0);
    const focused = `document.activeElement.id || document.activeElement.textContent.trim()`;
    await search.button('Any Time').press('Enter');
    await search.row('The staging database').waitFor();
    assert.equal(await search.frame.evaluate(focused), 'query');
    await search.frame.locator('#type').selectOption('runbook');
    await search.frame.getByText('The filters leave something out').waitFor();
    await vscode.screenshot('search-view-no-match');
    await search.frame.getByLabel('To', { exact: true }).focus();
    while ((await search.frame.evaluate(focused)) !== 'Clear Filters') await press('Tab');
    await press('Enter');
    await search.row('The staging database').waitFor();
    assert.equal(await search.frame.evaluate(focused), 'query');
    await search.button('Filters').click();
  });

  it('finds what is like a memory', async () => {
    await find('staging database');
    await search.row('The staging database').click({ button: 'right' });
    const item = workbench.menuItem('Find Similar');
    await item.waitFor();
    await vscode.screenshot('search-view-menu');
    await chooseItem(item);
    await search.frame.getByText('Similar to “The staging database').waitFor();
    await search.row('The staging database is reset every night at 3').waitFor({ state: 'detached' });
    await search.frame.locator('.filter-line').getByRole('button', { name: 'Clear' }).click();
  });

  it('keeps recent and saved searches', async () => {
    await find('staging database');
    await press('Enter');
    await search.button('Recent and saved searches').click();
    await workbench.pickRow('Save This Search').click();
    await quickTitle(workbench, 'Save Search').waitFor();
    await workbench.enter('My search');
    await workbench.input().waitFor({ state: 'hidden' });
    await find('WAL');
    await search.button('Recent and saved searches').click();
    await workbench.pickRow('My search').waitFor();
    await vscode.screenshot('search-view-history');
    await workbench.pickRow('My search').click();
    await search.answered('staging database');
  });

  actionTests(window);

  it('fits a window at 200 % and a narrow sidebar', async () => {
    const size = vscode.page.viewportSize() ?? { width: 1280, height: 1100 };
    search = await openSearchView(vscode);
    const overflow = `document.documentElement.scrollWidth - window.innerWidth`;
    // As 200 % does: half as many pixels each way.
    await vscode.page.setViewportSize({ width: size.width / 2, height: size.height / 2 });
    assert.ok((await search.frame.evaluate<number>(overflow)) <= 0);
    await vscode.screenshot('search-view-200-percent');
    await vscode.page.setViewportSize(size);
    const side = await vscode.page.locator('.part.sidebar').boundingBox();
    assert.ok(side);
    await vscode.page.mouse.move(side.x + side.width, side.y + 300);
    await vscode.page.mouse.down();
    await vscode.page.mouse.move(side.x + 200, side.y + 300, { steps: 5 });
    await vscode.page.mouse.up();
    assert.ok((await search.frame.evaluate<number>('window.innerWidth')) <= 220);
    assert.ok((await search.frame.evaluate<number>(overflow)) <= 0);
    await vscode.screenshot('search-view-narrow');
  });

  it('opens in an editor tab, which a reload brings back', async () => {
    await workbench.command('Edge Memory: Open Search in Editor');
    const selector = 'body[data-place="editor"] #query';
    let tab = new SearchFace(await workbench.webview(selector));
    await tab.field().click();
    await tab.field().selectText();
    await vscode.page.keyboard.type('sqlite', { delay: 15 });
    await tab.answered('sqlite');
    await vscode.screenshot('search-editor');
    await vscode.reload();
    tab = new SearchFace(await workbench.webview(selector, 60_000));
    await tab.answered('sqlite');
    await workbench.closeEditors(); // one that comes back takes the focus
  });

  survivalTests(window);
});
