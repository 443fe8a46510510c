import assert from 'node:assert/strict';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import type { Workbench } from '../harness/workbench.ts';
import { choose, quickTitle, store } from './steps.ts';

const notes =
  '# Runbook\n\nRestart the queue with `make queue-restart`.\nAsk Ada before touching production.\n';

describe('memories, as a person meets them', () => {
  let vscode: OpenWorkbench;
  let workbench: Workbench;

  before(async () => {
    vscode = await openWorkbench({
      workspaceFiles: {
        'runbook.md': notes,
        '.git/config': '[remote "origin"]\n\turl = https://example.test/acme/Payments.git\n',
      },
    });
    workbench = vscode.workbench;
    await workbench.openContainer('Edge Memory');
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
    await vscode.page.keyboard.press('Escape');
  });
  after(() => vscode.stop());

  it('begin with a welcome and one button', async () => {
    await workbench.welcome().getByText('Nothing is remembered yet').waitFor();
    await workbench.statusItem('0 · ').waitFor();
    await vscode.screenshot('welcome');
    await workbench.welcome().getByRole('button', { name: 'Store a Memory' }).click();
    await workbench.input().waitFor();
    await vscode.screenshot('store');
    await workbench.enter('   ');
    await workbench.inputMessage().getByText('Type something to remember').waitFor();
  });

  it('are stored from the palette, with tags', async () => {
    await store(workbench, 'Deploys go out on Tuesdays, never on Fridays', 'release, team');
    await store(workbench, 'The staging database listens on port 5433', 'database, staging');
    await store(workbench, 'Use WAL mode and synchronous=FULL for SQLite', 'sqlite, database');
    await store(workbench, 'We chose Workers AI for embeddings because it sits beside the data');
    await workbench.treeRow('We chose Workers AI').waitFor();
    await workbench.statusItem('4 · hybrid').waitFor();
    await workbench.expand('Tags');
    await workbench.treeRow(/^database\s*2$/).waitFor();
    await workbench.expand('Projects');
    await workbench.treeRow(/^payments\s*4$/).waitFor();
    await vscode.screenshot('tree');
  });

  it('offer known tags to tick while they are tagged', async () => {
    await choose(workbench, 'We chose Workers AI', 'Edit Tags');
    await quickTitle(workbench, 'Tags of').waitFor();
    await vscode.page.keyboard.type('data');
    await workbench.pickRow('database').locator('input[type=checkbox], .monaco-checkbox').first().click();
    await quickTitle(workbench, /database/).waitFor();
    await vscode.screenshot('edit-tags');
    await workbench.input().click();
    await vscode.page.keyboard.type('decision');
    await vscode.page.keyboard.press('Enter');
    await workbench.treeRow(/^database\s*3$/).waitFor();
    await workbench.treeRow(/^decision\s*1$/).waitFor();
  });

  it('are found while a query is typed, and opened with Enter', async () => {
    await workbench.command('Edge Memory: Search Memories');
    await workbench.pickRow('Deploys go out').waitFor();
    await vscode.screenshot('search-recent');
    await vscode.page.keyboard.type('when do we ship', { delay: 30 });
    await quickTitle(workbench, /keyword \+ /).waitFor();
    await workbench.pickRows().first().filter({ hasText: 'Deploys go out' }).waitFor();
    await vscode.screenshot('search');
    await vscode.page.keyboard.press('Enter');
    await workbench.editorLines().getByText('Deploys go out on Tuesdays, never on Fridays').first().waitFor();
    await vscode.screenshot('document');
  });

  it('wait, with the last query selected, for the next search', async () => {
    await workbench.command('Edge Memory: Search Memories');
    await workbench.pickRow('Deploys go out').waitFor();
    assert.equal(await workbench.input().inputValue(), 'when do we ship');
    await vscode.page.keyboard.type('postgres mongodb');
    await workbench.pickRow(/./).waitFor();
    assert.equal(await workbench.input().inputValue(), 'postgres mongodb');
  });

  it('keep the file and the lines of a selection', async () => {
    await workbench.openFile('runbook.md');
    await vscode.page.keyboard.press('Control+G');
    await workbench.enter(':3');
    await workbench.statusItem('Ln 3, Col 1').waitFor();
    await workbench.input().waitFor({ state: 'hidden' });
    await vscode.page.keyboard.press('Shift+End');
    await workbench.statusItem('selected').waitFor();
    await workbench.command('Edge Memory: Store Selection');
    await quickTitle(workbench, /Add tags/).waitFor();
    await workbench.enter('ops');
    await workbench.openMemory('Restart the queue', 'source: "runbook.md:3"');
    await vscode.screenshot('selection');
  });

  it('are pinned and unpinned in the tree', async () => {
    await workbench.treeAction('The staging database', 'Pin Memory');
    await workbench.treeRow('Pinned').waitFor();
    await vscode.screenshot('pinned');
    await workbench.treeAction('The staging database', 'Unpin Memory');
    await workbench.treeRow('Pinned').waitFor({ state: 'detached' });
  });

  it('are deleted after a question, and brought back', async () => {
    await workbench.treeAction('Use WAL mode', 'Delete Memory');
    await workbench.dialog().getByText('Delete the memory “Use WAL mode').waitFor();
    await vscode.screenshot('delete');
    await workbench.answerDialog('Delete');
    await workbench.saw('Deleted “Use WAL mode');
    await workbench.treeRow('Use WAL mode').waitFor({ state: 'detached' });
    await vscode.screenshot('deleted');
    await workbench.answer('Deleted “Use WAL mode', 'Undo');
    await workbench.treeRow('Use WAL mode').waitFor();
  });

  it('are deleted from the search without leaving it', async () => {
    await store(workbench, 'a passing thought');
    await workbench.command('Edge Memory: Search Memories');
    await workbench.input().fill('passing thought');
    const row = workbench.pickRow('a passing thought');
    await row.hover();
    await row.locator('a.action-label[aria-label="Delete"]').click();
    await workbench.answerDialog('Delete');
    await row.waitFor({ state: 'detached' });
    await workbench.input().waitFor();
  });

  it('open the best match for an Enter that comes before the answer', async () => {
    await workbench.command('Edge Memory: Search Memories');
    await workbench.pickRow(/./).waitFor();
    await workbench.enter('release day');
    await workbench.editorLines().getByText('Deploys go out on Tuesdays').first().waitFor();
  });

  it('need no mouse', async () => {
    const { keyboard } = vscode.page;
    const focusTree = async (): Promise<void> => {
      await workbench.command('Edge Memory: Focus on Memories View');
      await vscode.page.locator('.part.sidebar .monaco-list:focus').waitFor();
    };
    await store(workbench, 'typed by hand', 'keys');
    await workbench.treeRow('typed by hand').waitFor();
    await focusTree();
    await keyboard.press('Home');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await workbench.editorLines().getByText('typed by hand').first().waitFor();
    await focusTree();
    await keyboard.press('Delete');
    await workbench.dialog().getByText('Delete the memory “typed by hand”').waitFor();
    await workbench.dialogHasFocus();
    await keyboard.press('Enter');
    await workbench.treeRow('typed by hand').waitFor({ state: 'detached' });
  });
});
