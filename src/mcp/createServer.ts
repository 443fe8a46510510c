import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { AgentStore } from './agentStore.ts';
import { clientName } from './clientName.ts';
import { elicitedApproval } from './elicitedApproval.ts';
import { instructionsFor } from './instructions.ts';
import type { McpContext } from './mcpContext.ts';
import { registerPrompts } from './prompts.ts';
import { QuestionForPerson } from './questionForPerson.ts';
import { registerResources } from './resources.ts';
import type { CallOf, Progress } from './tool.ts';
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
    toolCall(
      open,
      {
        ...context,
        client: clientOf(server, ctx) ?? context.client,
        approval: context.approval ?? (canAsk(server, ctx) ? elicitedApproval(ctx.mcpReq) : undefined),
      },
      ctx.mcpReq.signal,
      progressOf(ctx),
    );
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
        try {
          const { text, isError } = await tool.run(input, () => callOf(ctx));
          return { content: [{ type: 'text', text }], ...(isError && { isError }) };
        } catch (error) {
          if (error instanceof QuestionForPerson) return error.result;
          throw error;
        }
      },
    );
  registerResources(server, callOf);
  registerPrompts(server, callOf);
  return server;
};

/** Whether the client puts questions of a server to people as forms, which a bare `elicitation` means too. */
const canAsk = (server: McpServer, ctx: ServerContext): boolean => {
  const declared = envelopeOf(ctx)?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only source for older clients
  const { elicitation } = declared ?? server.server.getClientCapabilities() ?? {};
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
};

/** Undefined where the client did not ask for it. */
const progressOf = ({ mcpReq }: ServerContext): Progress | undefined => {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  return async (progress, total) => {
    const params = { progressToken, progress, total };
    // Whoever is gone need not know.
    await mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
};

/** Name and version. */
const clientOf = (server: McpServer, ctx: ServerContext): string | undefined => {
  const given = envelopeOf(ctx)?.[CLIENT_INFO_META_KEY] as Implementation | undefined;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- as above
  const info = given ?? server.server.getClientVersion();
  return info && clientName(info);
};

/** What comes with each request since protocol 2026-07-28; before that, with the handshake. */
const envelopeOf = ({ mcpReq }: ServerContext) =>
  mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
