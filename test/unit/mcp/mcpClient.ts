import { Client, type ClientCapabilities, InMemoryTransport } from '@modelcontextprotocol/client';
import type { AgentStore } from '../../../src/mcp/agentStore.ts';
import { createServer } from '../../../src/mcp/createServer.ts';
import type { McpContext } from '../../../src/mcp/mcpContext.ts';

export interface Answer {
  readonly isError: boolean;
  readonly text: string;
  /** Each line of the text, parsed: the first is about the answer, the others are memories. */
  readonly lines: readonly Record<string, unknown>[];
  readonly head: Record<string, unknown>;
  readonly memories: readonly Record<string, unknown>[];
}

export const answerOf = (result: { content: readonly object[]; isError?: boolean | undefined }): Answer => {
  const text = result.content.map((block) => ('text' in block ? String(block.text) : '')).join('\n');
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const [head = {}, ...memories] = lines;
  return { isError: result.isError === true, text, lines, head, memories };
};

export interface ConnectedClient {
  readonly client: Client;
  readonly call: (name: string, args?: Record<string, unknown>) => Promise<Answer>;
}

/** Connects the official client to a server in this process, for each test a new one. */
export const useMcpClient = (): ((
  store: AgentStore,
  context?: Partial<McpContext>,
  info?: { readonly name: string; readonly version: string },
  capabilities?: ClientCapabilities,
) => Promise<ConnectedClient>) => {
  const clients: Client[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
  });
  return async (store, context = {}, info = { name: 'Test Agent', version: '7.1' }, capabilities = {}) => {
    const server = createServer(() => Promise.resolve(store), {
      version: '0.0.0',
      client: 'mcp',
      settings: {},
      ...context,
    });
    const client = new Client(info, { capabilities });
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    await Promise.all([server.connect(theirs), client.connect(ours)]);
    clients.push(client);
    return {
      client,
      call: async (name, args = {}) => answerOf(await client.callTool({ name, arguments: args })),
    };
  };
};
