import {
  CLIENT_INFO_META_KEY,
  type Implementation,
  McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { AgentStore } from './agentStore.ts';
import { clientName } from './clientName.ts';
import { instructionsFor } from './instructions.ts';
import type { McpContext } from './mcpContext.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources.ts';
import type { CallOf } from './tool.ts';
import { toolCall } from './toolCall.ts';
import { advertised } from './toolInput.ts';
import { toolsFor } from './tools.ts';

/** A server for one connection (or one HTTP request) to the store that `open` answers. */
export const createServer = (open: () => Promise<AgentStore>, context: McpContext): McpServer => {
  const server = new McpServer(
    { name: 'edge-memory', title: 'Edge Memory', version: context.version },
    { instructions: instructionsFor(context), capabilities: { tools: {}, resources: {}, prompts: {} } },
  );
  const callOf: CallOf = (ctx) =>
    toolCall(open, { ...context, client: clientOf(server, ctx) ?? context.client }, ctx.mcpReq.signal);
  for (const tool of toolsFor(context))
    server.registerTool(
      tool.name,
      {
        title: tool.title,
        description: tool.description,
        inputSchema: advertised(tool.input),
        annotations: tool.hints,
      },
      async (input: unknown, ctx: ServerContext) => {
        const { text, isError } = await tool.run(input, () => callOf(ctx));
        return { content: [{ type: 'text', text }], ...(isError && { isError }) };
      },
    );
  registerResources(server, callOf);
  registerPrompts(server, callOf);
  return server;
};

/** Name and version: with each request since protocol 2026-07-28, before that from the handshake. */
const clientOf = (server: McpServer, { mcpReq }: ServerContext): string | undefined => {
  const envelope = mcpReq.envelope as Readonly<Record<string, Implementation | undefined>> | undefined;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only source for older clients
  const info = envelope?.[CLIENT_INFO_META_KEY] ?? server.server.getClientVersion();
  return info && clientName(info);
};
