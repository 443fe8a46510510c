import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { AgentLog } from '../../src/local/agentLog.ts';
import { contentHashOf } from '../../src/memory/contentHash.ts';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { root } from '../harness/paths.ts';
import { seedMemories, seedTags } from '../harness/seedMemories.ts';
import type { Workbench } from '../harness/workbench.ts';
import { openOverview } from './overviewSteps.ts';
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
    vscode = await openWorkbench({
      settings: { 'edgeMemory.editor.codeLens': true },
      workspaceFiles: { 'AGENTS.md': `# Rules ${hostile}\n\nGo ${hostile}\n` },
    });
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
    assert.ok((await found.first().innerText()).replaceAll('\u200b', '').includes('$(flame)'), place);
    for (const active of ['.codicon-flame', 'a[href]', 'a[data-href]', 'a.monaco-link', 'img'])
      assert.equal(await found.locator(active).count(), 0, `${active} in ${place}`);
    assert.equal(await workbench.tab('Untitled').count(), 0);
    assert.notEqual(await vscode.page.title(), 'owned');
  };

  it('is text in the tree and in its tooltip', async () => {
    await isInert('.part.sidebar .monaco-list-row:has-text("[go]")');
    await workbench.tooltip(workbench.treeRow('[go]'), '(flame)');
    await isInert('.monaco-hover:visible');
    await vscode.screenshot('hostile-tooltip');
  });

  it('is text where its tag is listed', async () => {
    await workbench.expand('Tags');
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
    await workbench.openMemory('[go]', 'newUntitledFile');
    const links = workbench.editorLines().getByText('newUntitledFile');
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

  it('is text above the code that it was made from, and among what is related to a file', async () => {
    const content = `made from lines ${hostile}`;
    await seedMemories(vscode.home, [
      { content, source: { client: 'vscode', path: 'AGENTS.md', lines: [1, 1] }, project: 'workspace' },
    ]);
    await workbench.openFile('AGENTS.md');
    await isInert('.part.editor .codelens-decoration:has-text("made from lines")');
    await vscode.screenshot('hostile-lens');
    await workbench.command('Edge Memory: Related Memories');
    await workbench.pickRow('made from lines').waitFor();
    await isInert('.quick-input-list .monaco-list-row:has-text("made from lines")');
    await vscode.screenshot('hostile-related');
    await vscode.page.keyboard.press('Escape');
    await workbench.closeEditors();
  });

  it('is text where it is found on this machine, and in its preview', async () => {
    await workbench.command('Edge Memory: Bring In Memories Found on This Machine');
    await workbench.pickRow('AGENTS.md').waitFor();
    await isInert('.quick-input-list .monaco-list-row:has-text("AGENTS.md")');
    await vscode.screenshot('hostile-bring-in');
  });

  it('is text in what agents did, and in the notice of it', async () => {
    const turned = `turned \u202E${hostile}`;
    await seedMemories(vscode.home, [{ content: turned }]);
    const hashes = [contentHashOf(hostile), contentHashOf(turned)];
    await new AgentLog(path.join(vscode.home, '.edge-memory')).add({
      ...{ id: 'one', at: Date.now() / 1000, kind: 'stored', client: hostile, hashes, undo: [] },
    });
    assert.match(await workbench.saw(/stored “.* – “turned/), /^[^\u202A-\u202E\u2066-\u2069]*$/u);
    await isInert('.notification-list-item:has-text("turned") .notification-list-item-message');
    await vscode.screenshot('hostile-notice');
    await workbench.clearNotifications();
    await workbench.command('Edge Memory: Show Agent Activity');
    await workbench.pickRow('[go]').waitFor();
    await isInert('.quick-input-list .monaco-list-row:has-text("[go]")');
    await vscode.screenshot('hostile-activity');
    await vscode.page.keyboard.press('Enter');
    await isInert('.monaco-dialog-box');
    await vscode.page.keyboard.press('Escape');
  });

  it('turns no text around by characters that are not seen', async () => {
    await seedMemories(vscode.home, [{ content: 'pay \u202Eyadot\u202C \u2066never\u2069 \u200Bmore' }]);
    const seen = /^[^\u202A-\u202E\u2066-\u2069]*$/u;
    const row = workbench.treeRow(/^pay /);
    assert.match(await row.innerText(), seen);
    const search = await openSearchView(vscode);
    await search.retype('pay never more');
    assert.match(await search.row(/pay /).innerText(), seen);
  });

  it('runs no script in a webview but its own, which the policy forbids and the browser says', async () => {
    const search = await openSearchView(vscode);
    assert.deepEqual(vscode.violations, []);
    await search.frame.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'document.title = "owned"; globalThis.owned = true';
      document.body.append(script);
    }`);
    assert.equal(await search.frame.evaluate('globalThis.owned === true'), false);
    assert.equal(vscode.violations.length, 1);
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
    /** No frame of the window may take longer: of what hangs, not of a busy machine. Milliseconds. */
    const FREEZE = 10_000;

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
    const shown = async (content: string): Promise<{ content: string; tags: string[] }> => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [path.join(root, 'dist/cli.js'), 'show', contentHashOf(content), '--json'],
        { env: { ...process.env, HOME: vscode.home }, maxBuffer: 16 * 1024 * 1024 },
      );
      return (JSON.parse(stdout) as { memory: { content: string; tags: string[] } }).memory;
    };
    const open = async (content: string): Promise<void> => {
      await workbench.closeEditors(); // or the keys might go to what was open before
      await workbench.openMemory(content, 'tags:');
      await workbench
        .editorLines()
        .getByText('tags:')
        .first()
        .click({ position: { x: 5, y: 5 } });
      await vscode.page.keyboard.press('Control+Home');
    };
    const save = async (): Promise<void> => {
      const dirty = vscode.page.locator('.part.editor .tab.active.dirty');
      await dirty.waitFor();
      await vscode.page.keyboard.press('Control+S');
      await dirty.waitFor({ state: 'detached' });
    };

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

    it('stands in the quick pick, in its tooltip and in the overview', async () => {
      await watchFrames();
      await workbench.command('Edge Memory: Search Memories');
      await workbench.input().fill('endless line');
      await workbench.pickRow('One endless line').waitFor();
      await workbench.input().fill('ten thousand tags');
      await workbench.pickRow('Another program gave this').waitFor();
      await vscode.page.keyboard.press('Escape');
      await workbench.tooltip(workbench.treeRow('Another program gave this'), '#measure');
      await vscode.screenshot('measure-tooltip');
      assert.ok((await longestFrame()) < FREEZE, `a frame took ${await longestFrame()} ms`);
      const overview = await openOverview(workbench);
      await overview
        .locator('.headline dd')
        .filter({ hasText: /^10,0\d\d$/ })
        .waitFor();
      await vscode.screenshot('measure-overview');
      await workbench.closeEditors();
    });

    it('is edited and saved to the letter', async () => {
      const { keyboard } = vscode.page;
      await watchFrames();
      await open('One endless line');
      await keyboard.press('ArrowDown');
      await keyboard.press('End');
      await keyboard.press('ArrowLeft');
      await keyboard.type('long');
      await save();
      await vscode.screenshot('measure-line');
      assert.deepEqual(await shown(line), { ...(await shown(line)), content: line, tags: ['long'] });
      await open('Another program gave this');
      await keyboard.press('Control+End');
      await keyboard.press('ArrowUp');
      await keyboard.press('End');
      await keyboard.type(', once');
      await save();
      await vscode.screenshot('measure-tags');
      const saved = await shown(`${tagged}, once`);
      assert.deepEqual(saved.tags.sort(), ['measure', ...tags].sort());
      assert.ok((await longestFrame()) < FREEZE, `a frame took ${await longestFrame()} ms`);
    });

    it('is listed in part by the tag editor, and the rest stays', async () => {
      await watchFrames();
      await choose(workbench, 'Another program gave this', 'Edit Tags');
      await quickTitle(workbench, '9,501 further tags are not listed and stay').waitFor();
      await vscode.screenshot('measure-tag-editor');
      await workbench.enter('one more');
      await vscode.page.locator('.part.statusbar').getByText('Tags changed').waitFor();
      const { tags: now } = await shown(`${tagged}, once`);
      assert.deepEqual(now.sort(), ['measure', 'one more', ...tags].sort());
      assert.ok((await longestFrame()) < FREEZE, `a frame took ${await longestFrame()} ms`);
    });
  });
});
