import assert from 'node:assert/strict';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { seedMemories, seedTags } from '../harness/seedMemories.ts';
import type { Workbench } from '../harness/workbench.ts';
import { openSearchView } from './searchSteps.ts';
import { choose, quickTitle, store } from './steps.ts';

/** Whatever VS Code interprets in some place: icons, command links, HTML. A run of the command opens an editor tab. */
const COMMAND = 'command:workbench.action.files.newUntitledFile';
const hostile = `$(flame) [go](command:undo) <img src=x onerror="document.title='owned'"> [click me](${COMMAND}) <${COMMAND}>`;
const hostileTag = `$(flame)[tag](${COMMAND})`;

describe('a memory full of markup and command links', () => {
  let vscode: OpenWorkbench;
  let workbench: Workbench;

  before(async () => {
    vscode = await openWorkbench();
    workbench = vscode.workbench;
    await workbench.openContainer('Edge Memory');
    await store(workbench, hostile, hostileTag);
    await workbench.treeRow('[go]').waitFor();
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
    await vscode.page.keyboard.press('Escape');
  });
  after(() => vscode.stop());

  /** No icon, no link, no image within the place, and none of the commands was run. */
  const isInert = async (place: string): Promise<void> => {
    const found = vscode.page.locator(place);
    await found.first().waitFor();
    assert.match((await found.first().innerText()).replaceAll('\u200b', ''), /\$\(flame\)/);
    for (const active of ['.codicon-flame', 'a[href]', 'a[data-href]', 'a.monaco-link', 'img'])
      assert.equal(await found.locator(active).count(), 0, `${active} in ${place}`);
    assert.equal(await workbench.tab('Untitled').count(), 0);
    assert.notEqual(await vscode.page.title(), 'owned');
  };

  it('is text in the tree and in its tooltip', async () => {
    await isInert('.part.sidebar .monaco-list-row:has-text("[go]")');
    await workbench.tooltip(workbench.treeRow('[go]'));
    await isInert('.monaco-hover:visible');
    await vscode.screenshot('hostile-tooltip');
  });

  it('is text where its tag is listed', async () => {
    await workbench.treeRow('Tags').click();
    await isInert('.part.sidebar .monaco-list-row:has-text("[tag]")');
  });

  it('is text in the quick pick', async () => {
    await workbench.command('Edge Memory: Search Memories');
    await workbench.input().fill('go');
    await workbench.pickRow('[go]').waitFor();
    await isInert('.quick-input-list .monaco-list-row:has-text("[go]")');
    await vscode.screenshot('hostile-search');
  });

  it('is text in the search view', async () => {
    const search = await openSearchView(vscode);
    await search.field().fill('go');
    await search.answered('go');
    const row = search.row('[go]');
    await row.waitFor();
    assert.match(await row.innerText(), /\$\(flame\)/);
    for (const active of ['.codicon-flame', 'a[href]', 'img'])
      assert.equal(await row.locator(active).count(), 0, active);
    await row.click();
    await vscode.screenshot('hostile-search-view');
    assert.equal(await workbench.tab('Untitled').count(), 0);
    assert.notEqual(await vscode.page.title(), 'owned');
  });

  it('is text in the tag editor', async () => {
    await choose(workbench, '[go]', 'Edit Tags');
    await quickTitle(workbench, '[go]').waitFor();
    await isInert('.quick-input-widget:visible .quick-input-title');
    await isInert('.quick-input-list .monaco-list-row:has-text("[tag]")');
  });

  it('runs nothing from its document, wherever it is clicked', async () => {
    const { page } = vscode;
    await workbench.treeRow('[go]').click();
    const links = workbench.editorLines().getByText('newUntitledFile');
    await links.first().waitFor();
    await page.waitForTimeout(3000); // what finds links in documents has had its time
    await page.keyboard.down('Control');
    for (const link of await links.all()) {
      await link.hover();
      await page.waitForTimeout(300);
      await link.click();
    }
    await page.keyboard.up('Control');
    await page.waitForTimeout(500);
    await vscode.screenshot('hostile-document');
    assert.equal(await workbench.tab('Untitled').count(), 0);
  });

  it('is text in questions and notifications', async () => {
    await workbench.treeAction('[go]', 'Delete Memory');
    await isInert('.monaco-dialog-box');
    await workbench.answerDialog('Delete');
    await workbench.saw('Deleted');
    await isInert('.notification-list-item:has-text("Deleted") .notification-list-item-message');
    await vscode.screenshot('hostile-deleted');
  });

  describe('or beyond all measure', () => {
    const line = `One endless line ${'0123456789abcdef '.repeat(60_000)}to its end`;
    const tagged = 'Another program gave this ten thousand tags';
    const tags = Array.from({ length: 10_000 }, (_, index) => `measure-${index}`);
    /** No frame of the window may take longer. Milliseconds. */
    const FREEZE = 1000;

    const watchFrames = (): Promise<void> =>
      vscode.page.evaluate(`{
        globalThis.longest = 0;
        let last = performance.now();
        const step = (now) => {
          globalThis.longest = Math.max(globalThis.longest, now - last);
          last = now;
          requestAnimationFrame(step);
        };
        requestAnimationFrame((now) => { last = now; step(now); });
      }`);
    const longestFrame = (): Promise<number> => vscode.page.evaluate<number>('globalThis.longest');

    before(async () => {
      await seedMemories(vscode.home, [{ content: line }, { content: tagged, tags: ['measure'] }]);
      seedTags(vscode.home, tagged, tags);
      await workbench.treeRow('Another program gave this').waitFor();
      await watchFrames();
    });

    it('stands in rows of the search view, which count what they leave out', async () => {
      const search = await openSearchView(vscode);
      await search.retype('endless line');
      await search.row('One endless line').waitFor();
      await search.retype('ten thousand tags');
      await search.row('Another program').getByText('10,001 tags').waitFor();
      await vscode.screenshot('measure-rows');
      assert.ok((await longestFrame()) < FREEZE, `a frame took ${await longestFrame()} ms`);
    });
  });
});
