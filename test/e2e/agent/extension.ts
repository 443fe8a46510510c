/** An agent without a model: a chat participant that calls the memory's tools as it is told to. */
import * as vscode from 'vscode';

const NAME = 'edge-memory-test.agent';
const VENDOR = 'edge-memory-test';
const TOOLS = 'mcp_edge_memory_';

/** A chat needs a model to be chosen. Nobody asks this one. */
const model: vscode.LanguageModelChatProvider = {
  provideLanguageModelChatInformation: () => [
    {
      id: 'silent',
      name: 'Silent',
      family: 'silent',
      version: '1',
      maxInputTokens: 1000,
      maxOutputTokens: 1000,
      capabilities: { toolCalling: true },
    },
  ],
  provideLanguageModelChatResponse: () => Promise.resolve(),
  provideTokenCount: () => Promise.resolve(1),
};

export function activate(context: vscode.ExtensionContext): void {
  const participant = vscode.chat.createChatParticipant(NAME, async (request, _history, response, token) => {
    const [, verb = '', text = ''] = /^(\w+) (.*)$/s.exec(request.prompt) ?? [];
    const call =
      verb === 'remember'
        ? { tool: 'memory_store', input: { content: text } }
        : { tool: 'memory_search', input: { query: text } };
    const tool = vscode.lm.tools.find(({ name }) => name === TOOLS + call.tool);
    if (tool === undefined) {
      response.markdown(`There is no tool ${call.tool}.`);
      return;
    }
    const { toolInvocationToken } = request;
    const { content } = await vscode.lm.invokeTool(
      tool.name,
      { input: call.input, toolInvocationToken },
      token,
    );
    const answer = content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''));
    response.markdown(`The tool answered:\n\n\`\`\`json\n${answer.join('\n')}\n\`\`\`\n`);
  });
  const tell = vscode.commands.registerCommand('edgeMemoryTest.tellAgent', async () => {
    const prompt = await vscode.window.showInputBox({ title: 'Tell the agent' });
    await vscode.commands.executeCommand('workbench.action.chat.open', {
      query: `@agent ${prompt ?? ''}`,
      modelSelector: { vendor: VENDOR },
    });
  });
  const start = vscode.commands.registerCommand('edgeMemoryTest.startServer', async () => {
    const server = 'edge-memory.edge-memory/Edge Memory';
    const options = { autoTrustChanges: true, waitForLiveTools: true };
    for (let i = 0; i < 50 && !vscode.lm.tools.some(({ name }) => name.startsWith(TOOLS)); i++) {
      await vscode.commands.executeCommand('workbench.mcp.startServer', server, options);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const names = vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith(TOOLS));
    void vscode.window.showInformationMessage(`The agent has ${names.length} tools of the memory`);
  });
  const models = vscode.lm.registerLanguageModelChatProvider(VENDOR, model);
  context.subscriptions.push(participant, tell, start, models);
}
