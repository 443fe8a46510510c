import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { assertNoBarriers } from './barriers.ts';
import { openSearchView } from './searchSteps.ts';
import { quickTitle, store } from './steps.ts';

/** Pictures to look at: the sidebar, the search and a memory in every kind of theme. */
describe('the themes', () => {
  for (const [name, theme] of [
    ['light', 'Default Light Modern'],
    ['dark', 'Default Dark Modern'],
    ['high contrast', 'Default High Contrast'],
    ['high contrast light', 'Default High Contrast Light'],
  ] as const)
    describe(name, () => {
      let vscode: OpenWorkbench;

      before(async () => {
        vscode = await openWorkbench({ settings: { 'workbench.colorTheme': theme } });
      });
      afterEach(async function () {
        await vscode.screenshotOfFailure(this.currentTest);
      });
      after(() => vscode.stop());

      it('shows memories', async () => {
        const { workbench } = vscode;
        await workbench.openContainer('Edge Memory');
        await vscode.screenshot(`theme-${name}-welcome`);
        await store(workbench, 'Deploys go out on Tuesdays, never on Fridays', 'release, team');
        await store(workbench, 'The staging database listens on port 5433', 'database, staging');
        await workbench.treeRow('The staging database').click();
        await workbench.editorLines().getByText('port 5433').waitFor();
        await workbench.treeAction('The staging database', 'Pin Memory');
        await workbench.treeRow('Pinned').waitFor();
        await workbench.command('Edge Memory: Search Memories');
        await workbench.input().fill('release day');
        await quickTitle(workbench, /keyword \+/).waitFor();
        await vscode.screenshot(`theme-${name}`);
      });

      it('has no barrier in the search view', async () => {
        const search = await openSearchView(vscode);
        await search.field().fill('deploys');
        await search.answered('deploys');
        await search.row('Deploys go out').waitFor();
        await search.button('Filters').click();
        await search.frame.locator('#filters').waitFor();
        await assertNoBarriers(vscode.page);
        await vscode.screenshot(`theme-${name}-search`);
      });
    });
});
