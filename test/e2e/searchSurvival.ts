import assert from 'node:assert/strict';
import { seedMemories, withStore } from '../harness/seedMemories.ts';
import { DAY, now, openSearchView, SearchFace, type SearchWindow } from './searchSteps.ts';
import { quickTitle } from './steps.ts';

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
    await window.workbench.closeEditors();
  });

  describe('with very many memories', () => {
    const many = 2000;
    const counted = (): Promise<readonly number[]> =>
      withStore(window.vscode.home, async (store) => {
        const filter = { tags: ['very-many'] };
        return [await store.count(filter), await store.count({ ...filter, state: 'deleted' })];
      });
    /** Chooses all of them, and deletes them after the question. */
    const deleteAll = async (): Promise<void> => {
      // Those that a deletion before this one left are still chosen.
      await window.search
        .status()
        .getByText(/^(2,000 memories|[\d,]+ of 2,000 selected)/)
        .waitFor();
      await window.search.scrollTo(1);
      await window.search.row('number 1999').click({ modifiers: ['Control'] });
      await window.press('Control+A');
      await window.search.status().getByText('2,000 of 2,000 selected').waitFor();
      await window.press('Delete');
      await window.workbench.dialog().getByText('Delete 2,000 memories?').waitFor();
      await window.workbench.dialogHasFocus();
      await window.press('Enter');
    };
    /** Whatever is deleted comes back whole. */
    const restoreAll = (): Promise<void> =>
      withStore(window.vscode.home, async (store) => {
        for (;;) {
          const filter = { tags: ['very-many'], state: 'deleted' } as const;
          const { items } = await store.list({ filter, limit: 1000, contentLimit: 0 });
          const hashes = items.map(({ contentHash }) => contentHash);
          if (hashes.length === 0) break;
          assert.equal((await store.restore(hashes)).length, hashes.length);
        }
        // A vector goes right after its memory: what stays of it in between is never answered, and goes with a repair.
        await store.repair();
        const { problems } = await store.verify();
        assert.deepEqual(
          problems.filter(({ kind }) => kind !== 'missing-vector'),
          [],
        );
      });

    it('deletes whole ones or none where the extension host ends meanwhile, and says what is left', async () => {
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
      await deleteAll();
      await window.vscode.restartExtensionHost();
      const [live = 0, deleted = 0] = await counted();
      assert.equal(live + deleted, many);
      window.search = await openSearchView(window.vscode);
      const left = live.toLocaleString('en');
      if (live > 0)
        await window.search
          .status()
          .getByText(new RegExp(`^(${left} memories|${left} of ${left} selected)`))
          .waitFor();
      else await window.search.frame.getByText('Nothing matches').waitFor();
      await window.vscode.screenshot('search-view-interrupted');
      await restoreAll();
    });

    it('deletes whole ones or none where the window is reloaded meanwhile', async () => {
      await deleteAll();
      await window.vscode.reload();
      const [live = 0, deleted = 0] = await counted();
      assert.equal(live + deleted, many);
      await restoreAll();
    });

    it('gives each the one tag or the other where the window is reloaded during a renaming', async () => {
      const { workbench, home } = window.vscode;
      await workbench.command('Edge Memory: Rename Tag');
      await workbench.input().fill('very-many');
      await workbench.pickRow('very-many').click();
      await quickTitle(workbench, 'Rename #very-many').waitFor();
      await workbench.enter('so-many');
      await workbench.dialog().getByText('Change the tags of 2,000 memories?').waitFor();
      await workbench.answerDialog('Rename');
      await window.vscode.reload();
      await withStore(home, async (store) => {
        const [old, changed, both] = [
          await store.count({ tags: ['very-many'] }),
          await store.count({ tags: ['so-many'] }),
          await store.count({ tags: ['very-many', 'so-many'], tagMatch: 'all' }),
        ];
        assert.deepEqual([old + changed, both], [many, 0]);
        assert.deepEqual(
          (await store.verify()).problems.filter(({ kind }) => kind !== 'missing-vector'),
          [],
        );
      });
    });
  });
}
