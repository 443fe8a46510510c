import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { emptyStore, eventually, services } from './access.ts';

const SERVER = 'edge-memory.edge-memory/Edge Memory';

/** The tools of the server, once VS Code has started it. */
async function startedTools(): Promise<readonly vscode.LanguageModelToolInformation[]> {
  return eventually(async () => {
    await vscode.commands.executeCommand('workbench.mcp.startServer', SERVER, {
      autoTrustChanges: true,
      waitForLiveTools: true,
    });
    const tools = vscode.lm.tools.filter(({ name }) => /^mcp_.*memory_(search|store)$/.test(name));
    assert.equal(tools.length, 2, vscode.lm.tools.map(({ name }) => name).join());
    return vscode.lm.tools.filter(({ name }) => name.startsWith('mcp_edge_memory_'));
  }, 25_000);
}

async function invoke(name: string, input: object): Promise<Record<string, unknown>[]> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  const text = content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''))
    .join('\n');
  return text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the server for agents', () => {
  beforeEach(emptyStore);

  it('is started by VS Code, which then has its tools', async () => {
    const tools = await startedTools();
    assert.equal(tools.length, 9, tools.map(({ name }) => name).join());
  });

  it('stores and finds for agents, in the memory of this window', async () => {
    await startedTools();
    const [answer] = await invoke('mcp_edge_memory_memory_store', {
      content: 'Agents deploy with make ship',
    });
    assert.equal(answer?.['outcome'], 'stored');
    const { store } = await services();
    const { items } = await store.list({});
    assert.equal(items[0]?.content, 'Agents deploy with make ship');
    assert.match(items[0].source?.client ?? '', /Visual Studio Code|code-server/);
    const [, found] = await invoke('mcp_edge_memory_memory_search', { query: 'make ship' });
    assert.equal(found?.['content'], 'Agents deploy with make ship');
  });
});
