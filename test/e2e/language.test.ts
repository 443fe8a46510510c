import assert from 'node:assert/strict';
import { files, readTexts } from '../harness/l10n.ts';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { seedMemories } from '../harness/seedMemories.ts';
import { drawn, memories } from './overviewSteps.ts';
import { quickTitle } from './steps.ts';

/** VS Code's own texts stay English: there is no gallery to take them from. */
describe('in German', () => {
  const manifest = readTexts(files.manifest('de'));
  const texts = readTexts(files.bundle('de'));
  const command = (name: string): string => `Edge Memory: ${manifest[`command.${name}`] ?? name}`;
  const text = (english: string, ...values: readonly string[]): string =>
    values.reduce((so, value, i) => so.replaceAll(`{${i}}`, value), texts[english] ?? `no ${english}`);
  let vscode: OpenWorkbench;

  before(async () => {
    vscode = await openWorkbench({ language: 'de' });
    await vscode.workbench.openContainer('Edge Memory');
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
  });
  after(() => vscode.stop());

  it('says what to do where nothing is remembered yet', async () => {
    const { workbench } = vscode;
    await workbench.welcome().getByText('Eine Erinnerung speichern').waitFor();
    await vscode.screenshot('german-empty');
  });

  it('stores and searches', async () => {
    const { workbench, page } = vscode;
    await seedMemories(vscode.home, memories, { embed: true });
    await workbench.treeRow(text('Recent')).waitFor();
    await workbench.command(command('storeMemory'));
    await workbench.enter('Der Staging-Server lauscht auf Port 8443');
    await quickTitle(workbench, text('Stored {0}. Add tags', '').trim()).waitFor();
    await workbench.enter('server');
    await workbench.input().waitFor({ state: 'hidden' });
    await workbench.command(command('searchMemories'));
    await workbench.input().fill('Staging');
    await quickTitle(workbench, text('Search Memories')).waitFor();
    await workbench.pickRow('Der Staging-Server').waitFor();
    await vscode.screenshot('german-search');
    await page.keyboard.press('Escape');
    await workbench.input().waitFor({ state: 'hidden' });
  });

  it('shows the tree, the search view and the overview', async () => {
    const { workbench, page } = vscode;
    await workbench.treeRow(text('Today')).waitFor();
    for (const group of ['Tags', 'Types', 'Projects']) await workbench.treeRow(text(group)).waitFor();
    await page
      .locator('.pane-header')
      .getByText(manifest['view.memories'] ?? '?')
      .waitFor();
    const search = await workbench.webview('body[data-place="sidebar"] #query');
    await search.locator('#query').fill('Staging');
    await search.locator('.row').first().waitFor();
    await workbench.command(command('openOverview'));
    const overview = await workbench.webview('#app[data-state="shown"]', 60_000);
    // The model on this machine knows English.
    await drawn(overview, memories.length);
    assert.equal(await overview.evaluate('document.documentElement.lang'), 'de');
    await overview.getByRole('heading', { name: text('Map of memories') }).waitFor();
    await overview.getByRole('button', { name: text('Whole Map') }).waitFor();
    await vscode.screenshot('german');
    await overview.getByRole('heading', { name: text('Where they are kept') }).scrollIntoViewIfNeeded();
    await vscode.screenshot('german-cards');
  });
});
