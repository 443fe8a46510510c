import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { contentHashOf } from '../../src/memory/contentHash.ts';
import { type OpenWorkbench, openWorkbench } from '../harness/openWorkbench.ts';
import { root } from '../harness/paths.ts';
import type { Workbench } from '../harness/workbench.ts';
import { quickTitle, store } from './steps.ts';

const queue = 'export class Queue {\n  restart() {\n    return this.stop();\n  }\n}\n';
const COMMAND = 'command:workbench.action.files.newUntitledFile';

describe('the editor of memories', () => {
  let vscode: OpenWorkbench;
  let workbench: Workbench;

  before(async () => {
    vscode = await openWorkbench({
      workspaceFiles: { 'queue.js': queue },
      settings: { 'edgeMemory.editor.codeLens': true, 'editor.tabCompletion': 'off' },
    });
    workbench = vscode.workbench;
    vscode.page.on('dialog', (dialog) => void dialog.accept()); // a browser may ask before it reloads a page
    await workbench.openContainer('Edge Memory');
  });
  afterEach(async function () {
    await vscode.screenshotOfFailure(this.currentTest);
    await vscode.page.keyboard.press('Escape');
  });
  after(() => vscode.stop());

  const lines = () => workbench.editorLines();
  const dirtyTab = () => vscode.page.locator('.part.editor .tab.active.dirty');
  /** Not by a place: a code lens may stand above the first line, or come meanwhile. */
  const focus = (): Promise<void> => lines().getByText('---').first().click();
  /** Keys that come before the text is shown reach nobody. */
  const show = async (content: string): Promise<void> => {
    await workbench.openMemory(content, content); // not the one that was shown before
    await lines().getByText('hash: ').waitFor();
    await focus();
  };
  /** The only open editor, or the keys might go to what was open before. */
  const showNew = async (): Promise<void> => {
    await workbench.closeEditors();
    await workbench.command('Edge Memory: New Memory');
    await workbench.tab('New Memory').waitFor();
    await lines().getByText('tags: []').waitFor();
    await vscode.page.keyboard.press('Control+End');
  };
  const lens = (text: string) =>
    vscode.page.locator('.codelens-decoration a').filter({ hasText: text }).first();
  const typeAtEnd = async (text: string): Promise<void> => {
    await vscode.page.keyboard.press('Control+End');
    await vscode.page.keyboard.press('ArrowUp');
    await vscode.page.keyboard.press('End');
    await vscode.page.keyboard.type(text);
    await lines().getByText(text.trim()).first().waitFor();
    await dirtyTab().waitFor();
  };
  const save = async (): Promise<void> => {
    await vscode.page.keyboard.press('Control+S');
    await dirtyTab().waitFor({ state: 'detached' });
  };
  /** Another program changes the memory. */
  const changeElsewhere = (content: string, ...change: string[]) =>
    promisify(execFile)(
      process.execPath,
      [path.join(root, 'dist/cli.js'), 'update', contentHashOf(content), ...change],
      { env: { ...process.env, HOME: vscode.home } },
    );

  it('saves what is typed, and the memory becomes it', async () => {
    await store(workbench, 'Deploys go out on Tuesdays', 'release');
    await show('Deploys go out');
    await typeAtEnd(', never on Fridays');
    await vscode.screenshot('editor-dirty');
    await save();
    await workbench.treeRow('Deploys go out on Tuesdays, never on Fridays').waitFor();
    const hash = contentHashOf('Deploys go out on Tuesdays, never on Fridays');
    await lines().getByText(hash).waitFor();
    await vscode.screenshot('editor-saved');
  });

  it('compares a memory with what it was before it was edited', async () => {
    await lens('Earlier Versions (1)').waitFor();
    await vscode.screenshot('editor-earlier-version');
    await lens('Earlier Versions (1)').click();
    await workbench.pickRow('Deploys go out on Tuesdays').click();
    const before = vscode.page.locator('.monaco-diff-editor .editor.original .view-lines');
    await before.getByText('Deploys go out on Tuesdays').first().waitFor();
    const now = vscode.page.locator('.monaco-diff-editor .editor.modified .view-lines');
    await now.getByText('never on Fridays').first().waitFor();
    await vscode.screenshot('editor-earlier-version-compared');
    await workbench.closeEditors();
  });

  it('offers known tags, and says what is wrong in the front matter', async () => {
    const { keyboard } = vscode.page;
    await store(workbench, 'Another memory', 'database');
    await show('Another memory');
    await keyboard.press('Control+Home');
    await keyboard.press('ArrowDown');
    await keyboard.press('End');
    await keyboard.press('ArrowLeft');
    await keyboard.type(', ');
    const suggestion = vscode.page
      .locator('.suggest-widget.visible .monaco-list-row')
      .filter({ hasText: 'release' });
    await suggestion.first().waitFor();
    await vscode.screenshot('editor-completion');
    await keyboard.type('rel');
    await keyboard.press('Enter');
    await lines().getByText('tags: [database, release]').waitFor();
    await keyboard.press('End');
    await keyboard.press('Backspace');
    await vscode.page.locator('.squiggly-error').first().waitFor();
    await keyboard.press('Control+S');
    await workbench.saw(/This is no YAML/);
    await dirtyTab().waitFor();
    await vscode.screenshot('editor-refused');
    await workbench.clearNotifications();
    await focus();
    await keyboard.press('Control+Home');
    await keyboard.press('ArrowDown');
    await keyboard.press('End');
    await keyboard.type(']');
    await lines().getByText('tags: [database, release]').waitFor();
    await save();
  });

  it('keeps what is typed over a reload of the window', async () => {
    await show('Another memory');
    await typeAtEnd(' that is being written');
    await vscode.page.waitForTimeout(2500); // VS Code writes its backups after a pause
    await vscode.reload();
    await lines().getByText('that is being written').waitFor();
    await dirtyTab().waitFor();
    await vscode.screenshot('editor-reloaded');
    await focus();
    await save();
    await workbench.openContainer('Edge Memory');
    await workbench.treeRow('Another memory that is being written').waitFor();
  });

  it('keeps what is typed over a restart of the extension host, and saves it', async () => {
    await show('Another memory');
    await typeAtEnd(' still');
    await vscode.restartExtensionHost();
    await lines().getByText('being written still').waitFor();
    await dirtyTab().waitFor();
    await focus();
    await save();
    await workbench.treeRow('Another memory that is being written still').waitFor();
  });

  it('compares with a newer version before it overwrites it', async () => {
    const content = 'Another memory that is being written still';
    await show(content);
    await typeAtEnd(' here');
    await changeElsewhere(content, '--content', `${content} elsewhere`);
    await workbench.treeRow(`${content} elsewhere`).waitFor();
    await vscode.page.keyboard.press('Control+S');
    await workbench.answer(/is newer/, 'Compare');
    await vscode.page.locator('.editor-group-container.active .monaco-diff-editor').waitFor();
    await vscode.page
      .locator(
        '.editor-group-container.active .monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert',
      )
      .first()
      .waitFor();
    await vscode.screenshot('editor-conflict');
    await vscode.page
      .locator('.editor-actions a.action-label[aria-label^="Use your changes"]')
      .first()
      .click();
    await workbench.treeRow(`${content} here`).waitFor();
    await workbench.treeRow(`${content} elsewhere`).waitFor({ state: 'detached' });
    await vscode.screenshot('editor-conflict-solved');
  });

  it('stores a new memory when it is saved', async () => {
    await showNew();
    await vscode.page.keyboard.insertText('# Written in peace\n\nWith several lines.');
    await lines().getByText('With several lines.').waitFor();
    await dirtyTab().waitFor();
    await save();
    await workbench.treeRow('Written in peace').waitFor();
    await vscode.screenshot('editor-new');
  });

  it('runs nothing of a hostile memory, in the preview neither', async () => {
    const hostile = `# Hostile\n\n[click me](${COMMAND}) <img src=x onerror="document.title='owned'"> <a href="${COMMAND}">raw</a> <script>document.title='owned'</script>`;
    await showNew();
    await vscode.page.keyboard.insertText(hostile);
    await dirtyTab().waitFor();
    await save();
    await workbench.command('Edge Memory: Preview Memory');
    const preview = await workbench.webview('h1:has-text("Hostile")', 60_000);
    await vscode.page.waitForTimeout(1500); // what would run has had its time
    await vscode.screenshot('editor-preview');
    assert.equal(await preview.getByText('tags:').count(), 0);
    for (const link of await preview.locator('a', { hasText: /click me|raw/ }).all()) await link.click();
    await vscode.page.waitForTimeout(1500);
    assert.equal(await workbench.tab('Untitled').count(), 0);
    assert.notEqual(await vscode.page.title(), 'owned');
    await workbench.command('View: Close All Editors');
  });

  it('shows memories above their code, and that it has changed', async () => {
    const { keyboard } = vscode.page;
    await workbench.openFile('queue.js');
    await keyboard.press('Control+G');
    await workbench.enter(':2');
    await keyboard.press('Home');
    await keyboard.press('Shift+ArrowDown');
    await keyboard.press('Shift+ArrowDown');
    await keyboard.press('Shift+ArrowDown');
    await workbench.command('Edge Memory: Store Selection');
    await quickTitle(workbench, /Add tags/).waitFor();
    await workbench.enter('queue');
    await lens('restart').waitFor();
    await vscode.screenshot('code-lens');
    await workbench.command('Edge Memory: Related Memories');
    await workbench.pickRow('About this file').waitFor();
    await vscode.screenshot('related');
    await keyboard.press('Escape');
    await lines().getByText('this.stop()').click();
    await keyboard.press('Control+G');
    await workbench.enter(':3');
    await keyboard.press('End');
    await keyboard.type(' // later');
    await lens('the code has changed since').waitFor();
    await vscode.screenshot('code-lens-changed');
    await lens('Still True').click();
    await lens('the code has changed since').waitFor({ state: 'detached' });
  });

  it('can only look at what is deleted, and restores it', async () => {
    await workbench.openMemory('Written in peace', 'With several lines.');
    await workbench.treeAction('Written in peace', 'Delete Memory');
    await workbench.answerDialog('Delete');
    await workbench.treeRow('Written in peace').waitFor({ state: 'detached' });
    await lens('Deleted: Restore').waitFor();
    await vscode.screenshot('editor-deleted');
    await lens('Deleted: Restore').click();
    await workbench.treeRow('Written in peace').waitFor();
    await lens('Deleted: Restore').waitFor({ state: 'detached' });
  });
});
