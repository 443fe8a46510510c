import assert from 'node:assert/strict';
import { openSearchView, SearchFace, type SearchWindow } from './searchSteps.ts';

/** What becomes of the search view when the window or the extension host ends; in a window with `searchMemories`. */
export function survivalTests(window: SearchWindow): void {
  it('comes back over a reload with what was just typed, filtered and chosen', async () => {
    window.search = await openSearchView(window.vscode);
    await window.search.button('Filters').click();
    await window.search.frame.locator('#mode').selectOption('keyword');
    await window.search.field().click();
    await window.search.retype('staging database');
    await window.search.answered('staging database');
    await window.search.row('The staging database').waitFor();
    await window.press('ArrowDown');
    await window.search.frame.locator('.results:focus .row.active').waitFor();
    await window.press('Shift+ArrowDown');
    await window.search.status().getByText('2 of').waitFor();
    await window.search.field().click();
    await window.vscode.page.keyboard.press('End');
    await window.vscode.page.keyboard.type(' wal', { delay: 15 });
    await window.search.answered('staging database wal');
    await window.vscode.page.waitForTimeout(1000); // nobody reloads sooner
    await window.vscode.reload();
    window.search = new SearchFace(
      await window.workbench.webview('body[data-place="sidebar"] #query', 60_000),
    );
    await window.search.answered('staging database wal');
    assert.equal(await window.search.field().inputValue(), 'staging database wal');
    assert.equal(await window.search.frame.locator('#mode').inputValue(), 'keyword');
    await window.search.row('Use WAL mode').waitFor();
    await window.search.frame.locator('#mode').selectOption('hybrid');
    await window.search.button('Filters').click();
    await window.vscode.screenshot('search-view-reloaded');
  });

  it('goes on where it was after a restart of the extension host', async () => {
    window.search = await openSearchView(window.vscode);
    await window.search.retype('staging data');
    await window.vscode.restartExtensionHost();
    window.search = await openSearchView(window.vscode);
    assert.equal(await window.search.field().inputValue(), 'staging data');
    await window.search.row('The staging database').waitFor();
    await window.find('use WAL mode');
    await window.search.row('Use WAL mode').waitFor();
  });
}
