import type { Frame } from 'playwright-core';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { seedMemories } from '../harness/seedMemories.ts';
import { THEMES } from '../harness/themes.ts';
import { assertNoBarriers } from './barriers.ts';
import { drawn, memories, openOverview } from './overviewSteps.ts';
import { openSearchView } from './searchSteps.ts';
import { quickTitle, store } from './steps.ts';
import { openStep, openWalkthrough, STEPS } from './walkthroughSteps.ts';

/** Pictures to look at, and what keeps people out, in every kind of theme. */
describe('the themes', () => {
  let vscode: OpenWorkbench;

  before(async () => {
    vscode = await openWorkbench();
    const { workbench } = vscode;
    await workbench.openContainer('Edge Memory');
    await store(workbench, 'Deploys go out on Tuesdays, never on Fridays', 'release, team');
    await store(workbench, 'The staging server listens on port 8443', 'server:staging, server:port');
    await store(workbench, 'The office has a blue door', 'office');
    // A row that is drawn anew under the pointer loses a click.
    const pinned = (): Promise<boolean> =>
      workbench
        .treeRow('Pinned')
        .waitFor({ timeout: 8000 })
        .then(
          () => true,
          () => false,
        );
    for (let tries = 0; tries < 3; tries++) {
      await workbench.treeAction('The staging server', 'Pin Memory');
      if (await pinned()) break;
    }
    await workbench.treeRow('Pinned').waitFor();
    await workbench.treeAction('The office has', 'Delete Memory');
    await workbench.answerDialog('Delete');
    await workbench.treeRow(/^Deleted/).waitFor();
    await seedMemories(vscode.home, memories, { embed: true });
    await workbench.collapse(/^Recent/);
    for (const group of [/^Deleted/, /^Projects/, /^Types/, /^Tags/, /^server/])
      await workbench.expand(group);
    await workbench.treeRow(/^staging/).waitFor();
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(() => vscode.stop());

  for (const { name, kind, label } of THEMES)
    describe(name, () => {
      before(async () => {
        const { workbench, page } = vscode;
        await workbench.command('Preferences: Color Theme');
        await workbench.enter(label);
        await page.locator(`.monaco-workbench.${kind}`).waitFor();
        await workbench.command('View: Close All Editors');
      });

      it('shows memories', async () => {
        const { workbench } = vscode;
        await workbench.openContainer('Edge Memory');
        await workbench.openMemory('The staging server', 'port 8443');
        await vscode.screenshot(`theme-${name}-explorer`);
        await workbench.command('Edge Memory: Search Memories');
        await workbench.input().fill('release day');
        await quickTitle(workbench, /keyword \+/).waitFor();
        await workbench.pickRow('Deploys go out').waitFor();
        await vscode.screenshot(`theme-${name}`);
        await vscode.page.keyboard.press('Escape');
        await workbench.input().waitFor({ state: 'hidden' });
      });

      it('has no barrier in the search view', async () => {
        const search = await openSearchView(vscode);
        await search.field().fill('deploys');
        await search.answered('deploys');
        await search.row('Deploys go out').waitFor();
        const filters = search.frame.locator('#filters');
        if (!(await filters.isVisible())) await search.button('Filters').click();
        await filters.waitFor();
        await assertNoBarriers(vscode.page);
        await vscode.screenshot(`theme-${name}-search`);
      });

      it('has no barrier in the overview', async () => {
        const frame: Frame = await openOverview(vscode.workbench);
        await drawn(frame, memories.length + 2);
        await frame
          .locator('.legend')
          .getByRole('button', { name: /^release, / })
          .click();
        await frame.locator('.selection li').first().waitFor();
        await vscode.screenshot(`overview-${name}`);
        await assertNoBarriers(vscode.page);
        await frame.getByRole('heading', { name: 'Where they are kept' }).scrollIntoViewIfNeeded();
        await vscode.screenshot(`overview-${name}-cards`);
      });

      it('has its own pictures in the walkthrough', async () => {
        await openWalkthrough(vscode);
        for (const [i, title] of STEPS.entries()) {
          await openStep(vscode, title);
          await vscode.screenshot(`walkthrough-${name}-${i + 1}`);
        }
      });
    });
});
