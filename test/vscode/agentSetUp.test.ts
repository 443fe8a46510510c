import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import { AgentTraces } from '../../src/vscode/agents/agentTraces.ts';
import { answerMessages, eventually, run, services } from './access.ts';

const acceptPick = () => vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
const nextPick = () => vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');

describe('what is set up for agents of other programs', () => {
  const traces = async () => new AgentTraces((await services()).context.globalState);

  describe('an MCP configuration', () => {
    it('is copied whole, with a command that exists, and remembered', async () => {
      const messages = answerMessages('showInformationMessage');
      try {
        const text = await run<string>('copyMcpConfiguration', 'cursor');
        assert.equal(await vscode.env.clipboard.readText(), text);
        const { mcpServers } = JSON.parse(text) as { mcpServers: Record<string, { command: string }> };
        await access(mcpServers['edge-memory']?.command ?? '');
        await eventually(() => assert.match(messages.texts.join(), /~\/\.cursor\/mcp\.json.*Cursor/));
        assert.ok((await traces()).copied.some(({ client }) => client === 'cursor'));
      } finally {
        messages.restore();
        await (await traces()).forgetCopied('cursor');
      }
    });
  });

  describe('the instructions of a project', () => {
    const file = () => {
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      assert.ok(folder);
      return vscode.Uri.joinPath(folder.uri, 'AGENTS.md');
    };
    const text = async () => new TextDecoder().decode(await vscode.workspace.fs.readFile(file()));
    const exists = () =>
      vscode.workspace.fs.stat(file()).then(
        () => true,
        () => false,
      );
    const showsDiff = () =>
      vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff;
    /** Picks the first file and then, with the change on the screen, the first or second answer. */
    const drive = async (answer: 'yes' | 'no') => {
      let done = false;
      const result = run<boolean>('agentInstructions').then((changed) => {
        done = true;
        return changed;
      });
      await eventually(async () => {
        if (!showsDiff()) await acceptPick();
        assert.ok(showsDiff());
      });
      if (answer === 'no') await nextPick();
      await eventually(async () => {
        if (!done) await acceptPick();
        assert.ok(done);
      });
      return result;
    };

    afterEach(async () => {
      await vscode.workspace.fs.delete(file()).then(undefined, () => undefined);
      await (await traces()).setInstructionFile(file().toString(), false);
    });

    it('are shown first, and written only after a yes', async () => {
      await vscode.workspace.fs.writeFile(file(), new TextEncoder().encode('# Rules\n'));
      assert.equal(await drive('no'), false);
      assert.equal(await text(), '# Rules\n');
      assert.equal(await drive('yes'), true);
      assert.match(await text(), /^# Rules\n\n<!-- edge-memory:begin -->[^]*memory_search/);
      assert.ok(!showsDiff(), 'the preview is closed');
      assert.deepEqual((await traces()).instructionFiles, [file().toString()]);
    });

    it('are removed again, with the file where it held nothing else', async () => {
      assert.equal(await drive('yes'), true);
      assert.ok(await exists());
      assert.equal(await drive('yes'), true);
      assert.ok(!(await exists()));
      assert.deepEqual((await traces()).instructionFiles, []);
    });
  });
});
