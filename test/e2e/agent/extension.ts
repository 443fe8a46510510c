/** An agent without a model: a chat participant that calls the memory's tools as it is told to. */
import * as vscode from 'vscode';

const NAME = 'edge-memory-test.agent';
const VENDOR = 'edge-memory-test';
const MCP = 'mcp_edge_memory_memory_';
/** Of the extension itself, where MCP is switched off; they are listed elsewhere too. */
const OWN = 'edge_memory_';
const CALLS: Readonly<Record<string, (text: string) => { readonly tool: string; readonly input: object }>> = {
  remember: (content) => ({ tool: 'store', input: { content } }),
  note: (content) => ({
    tool: 'store',
    input: { content, metadata: { tags: ['billing'], type: 'rule', source: 'a call' } },
  }),
  find: (query) => ({ tool: 'search', input: { query } }),
  forget: (after) => ({ tool: 'delete', input: { after } }),
};
const toolsOf = (prefix: string): vscode.LanguageModelToolInformation[] =>
  vscode.lm.tools.filter(({ name }) => name.startsWith(prefix));

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
    const call = CALLS[verb]?.(text);
    const prefix = toolsOf(MCP).length > 0 ? MCP : OWN;
    const tool = toolsOf(prefix).find(({ name }) => name === `${prefix}${call?.tool ?? ''}`);
    if (call === undefined || tool === undefined) {
      response.markdown(`There is no tool for ${verb}.`);
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
  const count = vscode.commands.registerCommand('edgeMemoryTest.countTools', async () => {
    for (let i = 0; i < 300 && toolsOf(MCP).length === 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 200));
    void vscode.window.showInformationMessage(`The agent has ${toolsOf(MCP).length} tools of the memory`);
  });
  const models = vscode.lm.registerLanguageModelChatProvider(VENDOR, model);
  context.subscriptions.push(participant, tell, count, models);
}
