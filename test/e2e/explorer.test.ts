import assert from 'node:assert/strict';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import type { Workbench } from '../harness/workbench.ts';
import { renameTable } from '../harness/seedMemories.ts';
import { choose, quickTitle, store } from './steps.ts';

const agents = '# Rules\n\nUse tabs, never spaces.\n\n## Deploys\n\nDeploys go out on Tuesdays.\n';

describe('the explorer', () => {
  let vscode: OpenWorkbench;
  let workbench: Workbench;

  before(async () => {
    vscode = await openWorkbench({
      workspaceFiles: { 'AGENTS.md': agents, 'notes.txt': 'Ask Ada first.\n' },
    });
    workbench = vscode.workbench;
    await workbench.openContainer('Edge Memory');
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
    await vscode.page.keyboard.press('Escape');
  });
  after(() => vscode.stop());

  /** Drags as a hand does: VS Code opens a tree's drop only after some moves over it. */
  const drag = async (from: Locator, to: Locator): Promise<void> => {
    const { mouse } = vscode.page;
    const centre = async (row: Locator): Promise<readonly [number, number]> => {
      const box = await row.boundingBox();
      assert.ok(box);
      return [box.x + Math.min(60, box.width / 2), box.y + box.height / 2];
    };
    const [start, end] = [await centre(from), await centre(to)];
    await mouse.move(...start);
    await mouse.down();
    await mouse.move(start[0] + 8, start[1] + 8, { steps: 4 });
    await mouse.move(...end, { steps: 8 });
    await mouse.move(end[0] + 2, end[1], { steps: 2 });
    await mouse.up();
  };
  const focusTree = async (): Promise<void> => {
    await workbench.command('Edge Memory: Focus on Memories View');
    await vscode.page.locator('.part.sidebar .monaco-list:focus').waitFor();
  };

  it('offers what is on this machine already: counted, and stored after a choice', async () => {
    await workbench.welcome().getByText('Look on this machine').click();
    await quickTitle(workbench, 'Found on This Machine').waitFor();
    await workbench
      .pickRow(/AGENTS\.md/)
      .getByText('2 memories')
      .waitFor();
    await vscode.screenshot('bring-in');
    await workbench.pickRow(/AGENTS\.md/).hover();
    await workbench
      .pickRow(/AGENTS\.md/)
      .locator('[aria-label^="Preview"]')
      .click();
    await workbench.editorLines().getByText('the first of 2 memories').first().waitFor();
    await vscode.screenshot('bring-in-preview');
    assert.equal(await vscode.page.locator('.part.editor .tab.dirty').count(), 0);
    await workbench.input().focus();
    await vscode.page.keyboard.press('Enter');
    await workbench.saw('Stored 2 memories.');
    await workbench.tab('Preview of AGENTS.md').waitFor({ state: 'detached' });
    await workbench.treeRow('Deploys').waitFor();
    await workbench.command('Edge Memory: Bring In Memories Found on This Machine');
    await workbench.pickRow(/AGENTS\.md/).waitFor();
    await vscode.page.keyboard.press('Enter');
    await workbench.saw('2 were known already.');
    await workbench.clearNotifications();
  });

  it('groups by the day and nests tags', async () => {
    await store(workbench, 'The API speaks JSON', 'area:api, decision');
    await store(workbench, 'The web app is built with lit', 'area:web');
    await store(workbench, 'Version 2 of the API drops XML', 'area:api:v2');
    await workbench.treeRow(/^Today\s*5$/).waitFor();
    await workbench.expand('Tags');
    await workbench.expand(/^area\s*3$/);
    await workbench.expand(/^api\s*2$/);
    await workbench.treeRow(/^v2\s*1$/).waitFor();
    await vscode.screenshot('explorer-tags');
  });

  it('takes a memory that is dragged onto a tag', async () => {
    await drag(workbench.treeRow('The web app is built with lit'), workbench.treeRow(/^decision\s*1$/));
    await workbench.saw('Added #decision to 1 memory.');
    await workbench.treeRow(/^decision\s*2$/).waitFor();
    await workbench.answer('Added #decision to 1 memory.', 'Undo');
    await workbench.treeRow(/^decision\s*1$/).waitFor();
  });

  it('takes several memories that are dragged together', async () => {
    const web = workbench.treeRow('The web app is built with lit');
    await web.click();
    await workbench.treeRow('Version 2 of the API drops XML').click({ modifiers: ['Control'] });
    await vscode.page.locator('.part.sidebar .monaco-list-row.selected').nth(1).waitFor();
    await drag(web, workbench.treeRow(/^decision\s*1$/));
    await workbench.saw('Added #decision to 2 memories.');
    await workbench.treeRow(/^decision\s*3$/).waitFor();
    await workbench.answer('Added #decision to 2 memories.', 'Undo');
    await workbench.treeRow(/^decision\s*1$/).waitFor();
    await workbench.clearNotifications();
  });

  it('renames a tag with those below it after a preview', async () => {
    await choose(workbench, /^area\s*3$/, 'Rename Tag');
    await workbench.input().waitFor();
    await workbench.enter('part');
    await workbench.dialog().getByText('Change the tags of 3 memories?').waitFor();
    await workbench.dialog().getByText('#area:api:v2 (1) → #part:api:v2').waitFor();
    await vscode.screenshot('rename-tag');
    await workbench.answerDialog('Rename');
    await workbench.treeRow(/^part\s*3$/).waitFor();
    await workbench.answer('Changed the tags of 3 memories.', 'Undo');
    await workbench.treeRow(/^area\s*3$/).waitFor();
    await workbench.clearNotifications();
  });

  it('merges the tags that are selected, and parts them again', async () => {
    await workbench.treeRow(/^decision\s*1$/).click();
    await workbench.treeRow(/^area\s*3$/).click({ modifiers: ['Control'] });
    await choose(workbench, /^area\s*3$/, 'Merge Tags');
    await workbench.input().waitFor();
    await vscode.screenshot('merge-tags');
    await workbench.pickRow('decision').click();
    await workbench.dialog().waitFor();
    await vscode.screenshot('merge-tags-preview');
    await workbench.answerDialog('Merge');
    await workbench.treeRow(/^decision\s*3$/).waitFor();
    await workbench.answer('Changed the tags of 3 memories.', 'Undo');
    await workbench.treeRow(/^decision\s*1$/).waitFor();
    await workbench.clearNotifications();
  });

  it('merges tags by keyboard alone', async () => {
    const { keyboard } = vscode.page;
    await keyboard.press('F1');
    await workbench.input().fill('>Edge Memory: Merge Tags');
    await workbench.pickRow('Edge Memory: Merge Tags').waitFor();
    await keyboard.press('Enter');
    await workbench.pickRow(/^decision/).waitFor();
    const focused = vscode.page.locator('.quick-input-list .monaco-list-row.focused');
    for (const name of ['area:web', 'decision']) {
      await keyboard.press('Home');
      for (let tries = 0; tries < 10 && (await focused.filter({ hasText: name }).count()) === 0; tries++)
        await keyboard.press('ArrowDown');
      await keyboard.press('Space');
    }
    await vscode.page.locator('.quick-input-widget:visible').getByText('2 Selected').waitFor();
    await keyboard.press('Enter');
    await quickTitle(workbench, 'Merge 2 tags into one').waitFor();
    await keyboard.type('decision', { delay: 15 });
    await focused.filter({ hasText: 'decision' }).waitFor();
    await keyboard.press('Enter');
    await workbench.dialogHasFocus();
    await keyboard.press('Enter');
    await workbench.treeRow(/^decision\s*2$/).waitFor();
    await workbench.answer('Changed the tags of 1 memory.', 'Undo');
    await workbench.treeRow(/^decision\s*1$/).waitFor();
    await workbench.clearNotifications();
  });

  it('is filtered, says so, and shows everything again', async () => {
    await workbench.command('Edge Memory: Filter Explorer');
    await workbench.input().fill('decision');
    const row = workbench.pickRow('decision');
    await row.locator('input[type=checkbox], .monaco-checkbox').first().click();
    await vscode.page.locator('.quick-input-widget:visible').getByText('1 Selected').waitFor();
    // The box that was clicked has the focus, and takes Enter for itself.
    await workbench.input().press('Enter');
    await workbench.treeRow(/^Today\s*1$/).waitFor();
    await vscode.page.locator('.part.sidebar .message').getByText('Filtered by #decision').waitFor();
    await vscode.screenshot('explorer-filtered');
    await workbench.command('Edge Memory: Clear Filter');
    await workbench.treeRow(/^Today\s*5$/).waitFor();
    await workbench.command('Edge Memory: Filter Explorer');
    await workbench.input().fill('last 2 days');
    await workbench.pickRow(/last 2 days.*\d{4}/).waitFor();
    await workbench.input().press('Enter');
    await vscode.page.locator('.part.sidebar .message').getByText('Filtered by last 2 days').waitFor();
    await workbench.treeRow(/^Today\s*5$/).waitFor();
    await workbench.command('Edge Memory: Clear Filter');
    await workbench.command('Edge Memory: Filter Explorer');
    await workbench.input().pressSequentially('decision', { delay: 15 }); // “dec” alone is a time
    await vscode.page
      .locator('.quick-input-widget .monaco-list-row.focused', { hasText: 'decision' })
      .waitFor();
    await vscode.screenshot('explorer-filter-typed');
    await workbench.input().press('Enter');
    await vscode.page.locator('.part.sidebar .message').getByText('Filtered by #decision').waitFor();
    await workbench.command('Edge Memory: Clear Filter');
    await vscode.page.locator('.part.sidebar .message').getByText('Filtered by').waitFor({ state: 'hidden' });
  });

  it('keeps deleted memories until they are deleted for good', async () => {
    await workbench.treeAction('The web app is built with lit', 'Delete Memory');
    await workbench.answerDialog('Delete');
    await workbench.expand(/^Deleted\s*1$/);
    await workbench.treeRow('The web app is built with lit').waitFor();
    await workbench.command('Edge Memory: Empty Deleted');
    await workbench.dialog().getByText('Delete 1 deleted memory for good?').waitFor();
    await vscode.screenshot('empty-deleted');
    await workbench.answerDialog('Delete for Good');
    await workbench.treeRow('Deleted').waitFor({ state: 'detached' });
    await workbench.clearNotifications();
  });

  it('reveals a memory that is open in an editor', async () => {
    await workbench.openMemory('The API speaks JSON', 'The API speaks JSON');
    await workbench.collapse('Recent');
    await workbench.treeRow('Today').waitFor({ state: 'detached' });
    await workbench.command('Edge Memory: Reveal in Explorer');
    await vscode.page
      .locator('.part.sidebar .monaco-list-row.selected')
      .filter({ hasText: 'The API speaks JSON' })
      .waitFor();
  });

  it('takes what is pasted: a text, or the file that a path leads to', async () => {
    const { page } = vscode;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const paste = async (text: string): Promise<void> => {
      await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
      await focusTree();
      await page.keyboard.press('Control+V');
    };
    await paste('Pasted without a detour');
    await quickTitle(workbench, 'Stored “Pasted without a detour”. Add tags').waitFor();
    await workbench.enter('');
    await workbench.treeRow('Pasted without a detour').waitFor();
    await paste(path.join(vscode.folder, 'notes.txt'));
    await workbench.saw('Stored 1 file.');
    await workbench.treeRow('Ask Ada first.').waitFor();
    await vscode.screenshot('explorer-pasted');
    await workbench.clearNotifications();
  });

  it('is walked and used by keyboard alone', async () => {
    const { keyboard } = vscode.page;
    await focusTree();
    await keyboard.press('Home');
    await keyboard.press('ArrowDown');
    const focused = (text: RegExp): Locator =>
      vscode.page.locator('.part.sidebar .monaco-list-row.focused').filter({ hasText: text });
    await focused(/^Today/).waitFor();
    await keyboard.press('ArrowLeft');
    await keyboard.press('ArrowDown');
    await focused(/^Tags/).waitFor();
    await keyboard.press('ArrowDown');
    await focused(/^area/).waitFor();
    await keyboard.press('Enter');
    await vscode.page
      .locator('.part.sidebar .monaco-list-row.selected')
      .filter({ hasText: /^area/ })
      .waitFor();
    // The extension hears of the selection a moment after it is drawn.
    for (let tries = 0; tries < 5 && !(await workbench.input().isVisible()); tries++) {
      await keyboard.press('F2');
      await workbench
        .input()
        .waitFor({ timeout: 3000 })
        .catch(() => undefined);
    }
    await quickTitle(workbench, 'Rename #area').waitFor();
    await workbench.input().press('Control+A');
    await keyboard.type('zone', { delay: 15 });
    await keyboard.press('Enter');
    await workbench.dialog().getByText('Change the tags of').waitFor();
    await workbench.dialogHasFocus();
    await keyboard.press('Enter');
    await workbench.treeRow(/^zone/).waitFor();
    await workbench.clearNotifications();
  });

  it('shows everything about a memory in its tooltip', async () => {
    await focusTree();
    await workbench.expand(/^Today/);
    await workbench.tooltip(workbench.treeRow('Version 2 of the API'), '#zone:api:v2');
    await vscode.screenshot('explorer-tooltip');
  });

  it('says in a narrow sidebar too that it can not be read, and why, and reads again by a click', async () => {
    const { page } = vscode;
    const side = await page.locator('.part.sidebar').boundingBox();
    assert.ok(side);
    const resize = async (from: number, to: number): Promise<void> => {
      await page.mouse.move(side.x + from, side.y + 300);
      await page.mouse.down();
      await page.mouse.move(side.x + to, side.y + 300, { steps: 5 });
      await page.mouse.up();
    };
    await resize(side.width, 200);
    renameTable(vscode.home, 'memories', 'memories_elsewhere');
    await workbench.command('Edge Memory: Refresh');
    const row = workbench.treeRow('Can not be read');
    await row.waitFor();
    await workbench.saw('no such table');
    await workbench.clearNotifications();
    await workbench.tooltip(row, 'no such table');
    await vscode.screenshot('explorer-unreadable');
    await row.click();
    await workbench.saw('no such table');
    renameTable(vscode.home, 'memories_elsewhere', 'memories');
    await row.click();
    await workbench.treeRow(/^Today/).waitFor();
    await workbench.clearNotifications();
    await resize(200, side.width);
  });
});
