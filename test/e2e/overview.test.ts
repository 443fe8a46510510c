import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { seedMemories } from '../harness/seedMemories.ts';
import type { Workbench } from '../harness/workbench.ts';
import { drawn, memories, openOverview } from './overviewSteps.ts';
import { quickTitle } from './steps.ts';

const hostile = `$(flame) <img src=x onerror="document.title='owned'"> [go](command:workbench.action.files.newUntitledFile) \u202e`;

describe('the overview', () => {
  let vscode: OpenWorkbench;
  let workbench: Workbench;
  let frame: Frame;

  before(async () => {
    vscode = await openWorkbench();
    workbench = vscode.workbench;
    await workbench.openContainer('Edge Memory');
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(() => vscode.stop());

  it('says what it is for while nothing is remembered', async () => {
    frame = await openOverview(workbench);
    await frame.getByRole('heading', { name: 'Nothing is remembered yet' }).waitFor();
    await frame.getByRole('button', { name: 'Store a Memory' }).waitFor();
    await vscode.screenshot('overview-empty');
  });

  it('draws what is remembered, as soon as something is', async () => {
    await seedMemories(vscode.home, [...memories, { content: hostile, tags: ['<b>bold</b>'] }], {
      embed: true,
    });
    await drawn(frame, 49);
    await frame.getByRole('button', { name: 'database, 12 memories. Search them' }).waitFor();
    await frame.getByText('Claude Code 2.1').waitFor();
    await frame.locator('#map[data-stage="placed"]').waitFor();
    await vscode.screenshot('overview');
    await frame.getByRole('heading', { name: 'Slowest in this window' }).scrollIntoViewIfNeeded();
    await vscode.screenshot('overview-cards');
  });

  it('goes from memory to memory by the keyboard, and opens one', async () => {
    const canvas = frame.locator('canvas');
    await canvas.focus();
    await canvas.press('ArrowRight');
    const preview = frame.locator('.preview .text');
    await preview.filter({ hasText: /./ }).waitFor();
    const spoken = await frame.locator('#spoken').textContent();
    assert.ok(spoken?.startsWith((await preview.textContent()) ?? '?'));
    await canvas.press('+');
    await canvas.press('0');
    await canvas.press('ArrowLeft');
    await preview.waitFor();
    await vscode.screenshot('overview-keyboard');
    await canvas.press('Enter');
    await workbench.editorLines().first().waitFor();
    await workbench.tab('Overview of Memories').click();
    frame = await workbench.webview('#app[data-state="shown"]');
    await drawn(frame, 49);
  });

  it('selects what a line is drawn around', async () => {
    const box = await frame.locator('canvas').boundingBox();
    assert.ok(box);
    const { mouse, keyboard } = vscode.page;
    await keyboard.down('Shift');
    await mouse.move(box.x + 2, box.y + 2);
    await mouse.down();
    for (const [x, y] of [
      [box.width - 2, 2],
      [box.width - 2, box.height - 2],
      [2, box.height - 2],
    ] as const)
      await mouse.move(box.x + x, box.y + y, { steps: 4 });
    await vscode.screenshot('overview-lasso');
    await mouse.up();
    await keyboard.up('Shift');
    await frame.getByRole('heading', { name: '49 memories selected' }).waitFor();
    await frame.locator('.selection li').first().waitFor();
    await frame.getByRole('heading', { name: '49 memories selected' }).scrollIntoViewIfNeeded();
    await vscode.screenshot('overview-selection');
    await frame.getByRole('button', { name: 'Clear Selection' }).click();
    await frame.getByRole('heading', { name: '49 memories selected' }).waitFor({ state: 'detached' });
  });

  it('selects the memories of a legend entry, to tag or delete them', async () => {
    await frame.locator('.legend').getByRole('button', { name: 'release, 12 memories' }).press('Enter');
    await frame.getByRole('heading', { name: '12 memories selected' }).waitFor();
    await frame.getByRole('button', { name: 'Edit Tags…' }).press('Enter');
    await quickTitle(workbench, 'Tags of 12 memories').waitFor();
    await vscode.page.keyboard.press('Escape');
    await workbench.input().waitFor({ state: 'hidden' });
    await frame.getByRole('button', { name: 'Delete…' }).press('Enter');
    await workbench.dialog().getByText('Delete 12 memories?').waitFor();
    await vscode.page.keyboard.press('Escape');
    await workbench.dialog().waitFor({ state: 'detached' });
    await frame.locator('.legend').getByRole('button', { name: 'release, 12 memories' }).press('Enter');
  });

  it('shows hostile text as text', async () => {
    await frame.locator('.legend').getByRole('button', { name: '<b>bold</b>, 1 memory' }).click();
    await frame.locator('.selection li').getByText('<img src=x').waitFor();
    for (const active of ['img', 'a', 'b', '#app script'])
      assert.equal(await frame.locator(active).count(), 0, active);
    assert.doesNotMatch((await frame.locator('.selection li').textContent()) ?? '', /\u202e/);
    assert.notEqual(await vscode.page.title(), 'owned');
    await frame.locator('.legend').getByRole('button', { name: '<b>bold</b>, 1 memory' }).click();
  });

  it('leads from a chart to its memories', async () => {
    await frame.getByRole('button', { name: 'database, 12 memories. Search them' }).click();
    const search = await workbench.webview('body[data-place="sidebar"] .row', 30_000);
    await search.getByText('12 memories', { exact: true }).first().waitFor();
    await search.locator('.row').filter({ hasText: 'Postgres keeps the orders' }).first().waitFor();
    await vscode.screenshot('overview-search');
    await workbench.tab('Overview of Memories').click();
    const columns = frame.getByRole('group', { name: 'Memories over time' });
    await columns.getByRole('button').last().focus();
    await vscode.page.keyboard.press('Home');
    assert.match(
      (await columns.locator('button:focus').getAttribute('aria-label')) ?? '',
      /: (1 memory|\d+ memories)$/,
    );
  });

  it('is there again after a reload, as it was left', async function () {
    this.retries(3); // VS Code in a browser writes a webview's state late
    await frame.locator('#grouping').selectOption('types');
    await frame
      .locator('.legend')
      .getByRole('button', { name: /^decision/ })
      .waitFor();
    await frame.locator('canvas[data-kept="types"]').waitFor();
    await vscode.reload();
    frame = await workbench.webview('#app[data-state="shown"]', 60_000);
    await drawn(frame, 49);
    assert.equal(await frame.locator('#grouping').inputValue(), 'types');
  });
});
