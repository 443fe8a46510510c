import assert from 'node:assert/strict';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { AgentLog } from '../../src/local/agentLog.ts';
import { withoutWebgl } from '../harness/browser.ts';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { seedMemories, withStore } from '../harness/seedMemories.ts';
import type { Workbench } from '../harness/workbench.ts';
import { assertNoBarriers } from './barriers.ts';
import { drawn, MapFace, memories, openOverview } from './overviewSteps.ts';
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
    const act = { id: 'a', at: Date.now() / 1000 - 3600, client: 'Cursor 2.0', undo: [] };
    const log = new AgentLog(path.join(vscode.home, '.edge-memory'));
    await log.add({ ...act, kind: 'updated', hashes: ['x'] });
    await log.add({ ...act, id: 'b', kind: 'deleted', hashes: ['y', 'z'] });
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

  it('says what agents did, and leads to each of it', async () => {
    await frame.getByRole('row', { name: 'Cursor 2.0 0 1 2' }).waitFor();
    await frame.getByRole('button', { name: 'Show Agent Activity' }).click();
    await quickTitle(workbench, 'Agent Activity').waitFor();
    await workbench.pickRow(/2 memories|a memory that is gone/).waitFor();
    await vscode.page.keyboard.press('Escape');
    await workbench.input().waitFor({ state: 'hidden' });
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

  it('shows a memory under the pointer, moves by dragging, zooms by the wheel, and opens by a click', async () => {
    const { mouse } = vscode.page;
    const map = new MapFace(vscode.page, frame);
    await frame.getByRole('button', { name: 'Whole Map' }).click();
    let point = await map.pointBy('ArrowRight');
    // The newest is the hostile one, whose text is shown in parts.
    for (const key of ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight'])
      if (point.text.includes('<')) point = await map.pointBy(key);
    await map.hover(point, point.text);
    await vscode.screenshot('overview-hover');

    await map.moveAway();
    await mouse.down();
    await map.move({ x: 64, y: 44 }, 4);
    await mouse.up();
    await map.hover({ x: point.x + 60, y: point.y + 40 }, point.text);

    // What lies under the pointer stays there, the rest moves away from it.
    await map.move({ x: point.x + 20, y: point.y + 10 });
    await mouse.wheel(0, -300);
    const nearer = Math.exp(0.6);
    await map.hover({ x: point.x + 20 + 40 * nearer, y: point.y + 10 + 30 * nearer }, point.text);
    await frame.getByRole('button', { name: 'Whole Map' }).click();
    await map.hover(point, point.text);

    await mouse.down();
    await mouse.up();
    await workbench.editorLines().getByText(point.text).first().waitFor();
    await workbench.tab('Overview of Memories').click();
    frame = await workbench.webview('#app[data-state="shown"]');
    await drawn(frame, 49);
  });

  it('draws again after the graphics card was taken away', async () => {
    const { canvas } = new MapFace(vscode.page, frame);
    assert.equal(await canvas.getAttribute('data-renderer'), 'webgl');
    await vscode.page.mouse.move(0, 0);
    const before = await canvas.screenshot();
    const card = `document.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context')`;
    await frame.evaluate(`(card = ${card}).loseContext()`);
    await frame.evaluate(`new Promise((done) => {
      document.querySelector('canvas').addEventListener('webglcontextrestored', () => requestAnimationFrame(() => requestAnimationFrame(done)));
      card.restoreContext();
    })`);
    assert.ok(before.equals(await canvas.screenshot()));
  });

  it('fits a window at 200 % and a narrow editor', async () => {
    const { page } = vscode;
    const size = page.viewportSize() ?? { width: 1280, height: 1100 };
    const overflow = `document.documentElement.scrollWidth - window.innerWidth`;
    for (const [name, width, height] of [
      ['200-percent', size.width / 2, size.height / 2],
      ['narrow', 560, size.height],
    ] as const) {
      await page.setViewportSize({ width, height });
      await frame.locator('canvas').scrollIntoViewIfNeeded();
      assert.ok((await frame.evaluate<number>(overflow)) <= 0, name);
      await vscode.screenshot(`overview-${name}`);
      await frame.getByRole('heading', { name: 'Where they are kept' }).scrollIntoViewIfNeeded();
      await vscode.screenshot(`overview-${name}-cards`);
      await assertNoBarriers(page);
    }
    await page.setViewportSize(size);
    await frame.locator('canvas').scrollIntoViewIfNeeded();
  });

  it('selects what a line is drawn around', async () => {
    await frame.getByRole('button', { name: 'Whole Map' }).click();
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
    await frame.getByRole('button', { name: 'Clear Selection' }).press('Enter');
    await frame.getByRole('heading', { name: '49 memories selected' }).waitFor({ state: 'detached' });
    await frame.locator('canvas:focus').waitFor();
  });

  it('selects the memories of a legend entry, to tag or delete them', async () => {
    await frame.locator('.legend').getByRole('button', { name: 'important, 12 memories' }).press('Enter');
    await frame.getByRole('heading', { name: '12 memories selected' }).waitFor();
    await frame.getByRole('button', { name: 'Edit Tags…' }).press('Enter');
    await quickTitle(workbench, 'Tags of 12 memories').waitFor();
    await vscode.page.keyboard.press('Escape');
    await workbench.input().waitFor({ state: 'hidden' });
    await frame.getByRole('button', { name: 'Delete…' }).press('Enter');
    await workbench.dialog().getByText('Delete 12 memories?').waitFor();
    await vscode.page.keyboard.press('Escape');
    await workbench.dialog().waitFor({ state: 'detached' });
    await frame.locator('.legend').getByRole('button', { name: 'important, 12 memories' }).press('Enter');
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

  it('is there again after a reload, as it was left', async () => {
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

  it('lets go of its page while it is hidden', async () => {
    const pages = (): number => vscode.page.frames().filter((one) => one === frame).length;
    assert.equal(pages(), 1);
    await workbench.command('Edge Memory: New Memory');
    await workbench.editorLines().first().waitFor();
    for (let tries = 0; tries < 100 && pages() > 0; tries++) await vscode.page.waitForTimeout(100);
    assert.equal(pages(), 0);
    await workbench.command('View: Close Editor');
    frame = await workbench.webview('#app[data-state="shown"]');
    await drawn(frame, 49);
  });

  it('draws the map again after a time without memories', async () => {
    await frame.evaluate(`delete document.querySelector('canvas').dataset.drawn`);
    const hashes = await withStore(vscode.home, async (store) => {
      const { items } = await store.list({ limit: 1000, contentLimit: 0 });
      const all = items.map(({ contentHash }) => contentHash);
      await store.delete(all);
      return all;
    });
    await frame.getByRole('heading', { name: 'Nothing is remembered yet' }).waitFor();
    await withStore(vscode.home, async (store) => {
      await store.restore(hashes);
      await store.embedPending();
    });
    await drawn(frame, 49);
    await frame.locator('canvas').scrollIntoViewIfNeeded();
    await vscode.screenshot('overview-again');
  });

  it('draws without WebGL too, as where there is no graphics card', async () => {
    await vscode.page.context().addInitScript({ content: withoutWebgl });
    await workbench.command('View: Close All Editors');
    await workbench.tab('Overview of Memories').waitFor({ state: 'detached' });
    frame = await openOverview(workbench);
    await drawn(frame, 49);
    const map = new MapFace(vscode.page, frame);
    assert.equal(await map.canvas.getAttribute('data-renderer'), 'canvas');
    const point = await map.pointBy('ArrowRight');
    await map.hover(point, '<img src=x');
    await frame.locator('.legend').getByRole('button').first().click();
    await frame.getByRole('heading', { name: /memories selected$/ }).waitFor();
    await vscode.screenshot('overview-without-webgl');
  });
});
