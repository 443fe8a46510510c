import assert from 'node:assert/strict';
import { seedMemories, withStore } from '../harness/seedMemories.ts';
import { DAY, now, openSearchView, SearchFace, type SearchWindow } from './searchSteps.ts';

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
    await window.workbench.command('Edge Memory: Open Search in Editor');
    await window.workbench.webview('body[data-place="editor"] #query');
    await window.workbench.command('View: Close All Editors');
  });

  it('deletes whole memories or none where the extension host ends meanwhile, and says what is left', async () => {
    const many = 2000;
    await seedMemories(
      window.vscode.home,
      Array.from({ length: many }, (_, index) => ({
        content: `One of very many, number ${index}`,
        tags: ['very-many'],
        createdAt: now - 200 * DAY - index,
      })),
    );
    window.search = await openSearchView(window.vscode);
    await window.search.field().fill('');
    await window.search.answered('');
    await window.search.button('Filters').click();
    await window.search.frame.getByRole('combobox', { name: 'Tags' }).fill('very-many');
    await window.press('Enter');
    await window.search.status().getByText('2,000 memories').waitFor();
    await window.search.button('Filters').click();
    await window.search.scrollTo(1);
    await window.search.row('number 1999').click({ modifiers: ['Control'] });
    await window.press('Control+A');
    await window.search.status().getByText('2,000 of 2,000 selected').waitFor();
    await window.press('Delete');
    await window.workbench.dialog().getByText('Delete 2,000 memories?').waitFor();
    await window.workbench.dialogHasFocus();
    await window.press('Enter');
    await window.vscode.restartExtensionHost();
    const left = await withStore(window.vscode.home, async (store) => {
      const filter = { tags: ['very-many'] };
      const [live, deleted] = [await store.count(filter), await store.count({ ...filter, state: 'deleted' })];
      assert.equal(live + deleted, many);
      return { live, deleted };
    });
    window.search = await openSearchView(window.vscode);
    if (left.live > 0)
      await window.search
        .status()
        .getByText(`${left.live.toLocaleString('en')} memories`)
        .waitFor();
    else await window.search.frame.getByText('Nothing matches').waitFor();
    await window.vscode.screenshot('search-view-interrupted');
    await withStore(window.vscode.home, async (store) => {
      const { items } = await store.list({
        filter: { tags: ['very-many'], state: 'deleted' },
        limit: 1000,
        contentLimit: 0,
      });
      const hashes = items.map(({ contentHash }) => contentHash);
      assert.equal((await store.restore(hashes)).length, hashes.length);
      // A vector goes right after its memory: what stays of it in between is never answered, and goes with a repair.
      await store.repair();
      const { problems } = await store.verify();
      assert.deepEqual(
        problems.filter(({ kind }) => kind !== 'missing-vector'),
        [],
      );
    });
  });
}
