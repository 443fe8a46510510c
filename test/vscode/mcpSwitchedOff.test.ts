import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { AgentActivity } from '../../src/vscode/mcp/agentActivity.ts';
import { registerTools } from '../../src/vscode/mcp/languageModelTools.ts';
import { emptyStore, eventually, services } from './access.ts';
import { invoke, MCP, startServer, toolNames, watchContext, withSettings } from './agentTools.ts';

describe('where MCP is switched off', function () {
  this.timeout(60_000);
  const off = { 'chat.mcp.access': 'none', 'edgeMemory.agents.notice': 'off' };
  let context: ReturnType<typeof watchContext>;
  beforeEach(async () => {
    await emptyStore();
    context = watchContext();
  });
  afterEach(() => context.restore());
  /** Names of the tools that package.json's `when` lets through. */
  const offered = (): string[] =>
    [...context.values].flatMap(([key, value]) =>
      value === true && key.startsWith('edgeMemory.offers.') ? [key.slice('edgeMemory.offers.'.length)] : [],
    );
  const offers = (count: number): Promise<void> =>
    eventually(() => assert.equal(offered().length, count, offered().join()), 10_000);

  it('the same tools are this extension’s own, and MCP has them again once it is on', async () => {
    await startServer();
    await withSettings(off, async () => {
      await offers(9);
      await eventually(() => assert.deepEqual(toolNames(MCP), []), 10_000);
      const [answer] = await invoke('edge_memory_store', { content: 'Agents deploy with make ship' });
      assert.equal(answer?.['outcome'], 'stored');
      const [, found] = await invoke('edge_memory_search', { query: 'deploy' });
      assert.equal(found?.['content'], 'Agents deploy with make ship');
      const [refused] = await invoke('edge_memory_delete', {});
      assert.equal(refused?.['error'], 'invalid-input');
    });
    await offers(0);
    await assert.rejects(invoke('edge_memory_stats', {}));
    await startServer();
  });

  it('VS Code asks before those that change something, and shows what they were called with', async () => {
    const tools = new Map<string, vscode.LanguageModelTool<object>>();
    const { registerTool } = vscode.lm;
    const take = (name: string, tool: vscode.LanguageModelTool<object>): vscode.Disposable => {
      tools.set(name, tool);
      return new vscode.Disposable(() => undefined);
    };
    const running = await services();
    const activity = new AgentActivity(running);
    Object.assign(vscode.lm, { registerTool: take });
    const input = { tags: ['old'] };
    const token = new vscode.CancellationTokenSource().token;
    const asked: string[] = [];
    try {
      (await registerTools(running, activity)).dispose();
      for (const [name, tool] of tools) {
        const prepared = await tool.prepareInvocation?.({ input }, token);
        const { message } = prepared?.confirmationMessages ?? {};
        if (message === undefined) continue;
        asked.push(name);
        assert.match(typeof message === 'string' ? message : message.value, /"tags": \[\s*"old"/);
      }
    } finally {
      Object.assign(vscode.lm, { registerTool });
      activity.dispose();
    }
    assert.equal(tools.size, 9);
    assert.deepEqual(asked.toSorted(), [
      'edge_memory_delete',
      'edge_memory_graph',
      'edge_memory_ingest',
      'edge_memory_store',
      'edge_memory_update',
    ]);
  });

  it('they are those that the settings leave', async () => {
    await withSettings(off, async () => {
      await offers(9);
      await withSettings({ 'edgeMemory.agents.readOnly': true }, () => offers(5));
      await withSettings({ 'edgeMemory.agents.olderNames': true }, () => offers(22));
    });
    await offers(0);
  });
});
