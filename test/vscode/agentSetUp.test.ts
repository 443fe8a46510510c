import assert from 'node:assert/strict';
import { access, rm } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as vscode from 'vscode';
import { launcherFolderIn } from '../../src/local/paths.ts';
import { AgentTraces } from '../../src/vscode/agents/agentTraces.ts';
import { answerMessages, emptyStore, eventually, run, services, stored } from './access.ts';

const acceptPick = () => vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
const closePick = () => vscode.commands.executeCommand('workbench.action.closeQuickOpen');
const PATIENCE_MS = 20_000;

describe('what is set up for agents of other programs', function () {
  this.timeout(90_000);
  const traces = async () => new AgentTraces(await services());

  describe('an MCP configuration', () => {
    it('is copied whole, with a command that exists, and remembered', async () => {
      const messages = answerMessages('showInformationMessage');
      const { settings } = await services();
      await rm(path.join(launcherFolderIn(settings.dataFolder), 'edge-memory'), { force: true });
      try {
        const text = await run<string>('copyMcpConfiguration', 'cursor');
        assert.equal(await vscode.env.clipboard.readText(), text);
        const { mcpServers } = JSON.parse(text) as { mcpServers: Record<string, { command: string }> };
        await access(mcpServers['edge-memory']?.command ?? '');
        await eventually(() => assert.match(messages.texts.join(), /~\/\.cursor\/mcp\.json.*Cursor/));
        assert.ok((await (await traces()).copied()).some(({ client }) => client === 'cursor'));
      } finally {
        messages.restore();
        await (await traces()).forgetCopied('cursor');
      }
    });
  });

  describe('a client that was given it', () => {
    beforeEach(emptyStore);

    it('shares the memory of this window, live, both ways', async () => {
      const messages = answerMessages('showInformationMessage');
      const client = new Client({ name: 'Cursor', version: '2.0' });
      try {
        const { mcpServers } = JSON.parse(await run<string>('copyMcpConfiguration', 'cursor')) as {
          mcpServers: Record<string, { command: string; args: string[]; env?: Record<string, string> }>;
        };
        const server = mcpServers['edge-memory'];
        assert.ok(server);
        await client.connect(new StdioClientTransport(server));
        const call = async (name: string, args: Record<string, unknown>) =>
          JSON.stringify((await client.callTool({ name, arguments: args })).content);
        const { events, store } = await services();
        const seen = new Promise<void>((resolve) => {
          const subscription = events.onDidChange(() => {
            subscription.dispose();
            resolve();
          });
        });
        await call('memory_store', { content: 'The staging host is called heron' });
        await seen;
        const { items } = await store.list({});
        assert.equal(items[0]?.content, 'The staging host is called heron');
        assert.equal(items[0].source?.client, 'Cursor 2.0');
        await stored({ content: 'The printer is on the second floor' });
        assert.match(await call('memory_search', { query: 'printer' }), /second floor/);
      } finally {
        await client.close();
        messages.restore();
        await (await traces()).forgetCopied('cursor');
      }
    });
  });

  describe('the skill and the hooks', () => {
    interface Contributed {
      readonly uri: vscode.Uri;
      readonly type: string;
      readonly extensionId: string;
    }

    const contributed = async (): Promise<string> => {
      const all = await vscode.commands.executeCommand<Contributed[]>('_listExtensionPromptFiles');
      return all
        .filter(({ extensionId }) => extensionId.includes('edge-memory'))
        .map(({ type, uri }) => `${type} ${uri.path}`)
        .join('\n');
    };
    const BRIEFING = /hook .*edge-memory-briefing\/hooks\/hooks\.json/;
    const KEEP = /hook .*edge-memory-keep\/hooks\/hooks\.json/;
    const both = () =>
      eventually(async () => {
        assert.match(await contributed(), BRIEFING);
        assert.match(await contributed(), KEEP);
      }, PATIENCE_MS);
    const gone = (hook: RegExp) =>
      eventually(async () => assert.doesNotMatch(await contributed(), hook), PATIENCE_MS);
    const set = (target: vscode.ConfigurationTarget, name: string, value: unknown) =>
      vscode.workspace.getConfiguration('edgeMemory').update(`agents.${name}`, value, target);
    const { Global, Workspace } = vscode.ConfigurationTarget;

    it('are taken by VS Code’s chat from the manifest', async () => {
      await both();
      assert.match(await contributed(), /skill .*media\/skills\/edge-memory\/SKILL\.md/);
    });

    it('are not brought back by a workspace where the person limits agents', async () => {
      for (const [name, value, hook] of [
        ['onlyProject', true, BRIEFING],
        ['briefing', false, BRIEFING],
        ['askWhatToKeep', false, KEEP],
      ] as const)
        try {
          await both();
          await set(Workspace, name, !value);
          await both();
          await set(Global, name, value);
          await gone(hook);
        } finally {
          await set(Global, name, undefined);
          await set(Workspace, name, undefined);
        }
    });

    it('ask for nothing to keep where agents may not store', async () => {
      for (const [name, value] of [
        ['readOnly', true],
        ['disabledTools', ['memory_store']],
      ] as const)
        try {
          await both();
          await set(Workspace, name, value);
          await gone(KEEP);
          assert.match(await contributed(), BRIEFING);
        } finally {
          await set(Workspace, name, undefined);
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
    /** Picks the first file and then, with the change on the screen, says yes or walks away. */
    const drive = async (answer: 'yes' | 'no') => {
      let done = false;
      const result = run<boolean>('agentInstructions').then((changed) => {
        done = true;
        return changed;
      });
      await eventually(async () => {
        if (!showsDiff()) await acceptPick();
        assert.ok(showsDiff());
      }, PATIENCE_MS);
      await eventually(async () => {
        if (!done) await (answer === 'yes' ? acceptPick() : closePick());
        assert.ok(done);
      }, PATIENCE_MS);
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
