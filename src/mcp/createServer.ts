import {
  CLIENT_INFO_META_KEY,
  type Implementation,
  McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { MemoryError } from '../memory/errors.ts';
import type { CallOptions } from '../memory/ports.ts';
import { beginningOf } from '../memory/text.ts';
import type { AgentStore } from './agentStore.ts';
import { instructionsFor } from './instructions.ts';
import type { McpContext } from './mcpContext.ts';
import { ProjectStore } from './projectStore.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources.ts';
import type { CallOf } from './tool.ts';
import { toolsFor } from './tools.ts';

/** The store that agents may see; opened when it is first needed, so that the handshake need not wait for it. */
export const agentStoreOf = async (
  open: () => Promise<AgentStore>,
  { project, settings }: McpContext,
): Promise<AgentStore> => {
  if (!settings.onlyProject) return open();
  if (project === undefined)
    throw new MemoryError(
      'misconfigured',
      'Agents may use memories of the current project only, and there is none.',
      'Start the server in a project, name one with EDGE_MEMORY_PROJECT, or lift that setting.',
    );
  return new ProjectStore(await open(), project);
};

/** A server for one connection (or one HTTP request) to the store that `open` answers. */
export const createServer = (open: () => Promise<AgentStore>, context: McpContext): McpServer => {
  const server = new McpServer(
    { name: 'edge-memory', title: 'Edge Memory', version: context.version },
    { instructions: instructionsFor(context), capabilities: { tools: {}, resources: {}, prompts: {} } },
  );
  const callOf: CallOf = async (ctx) => ({
    store: await agentStoreOf(open, context),
    context,
    source: {
      client: clientOf(server, ctx) ?? context.client,
      ...(context.repository !== undefined && { repository: context.repository }),
    },
    options: { signal: ctx.mcpReq.signal } satisfies CallOptions,
  });
  for (const tool of toolsFor(context))
    server.registerTool(
      tool.name,
      { title: tool.title, description: tool.description, inputSchema: tool.input, annotations: tool.hints },
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
  return info && storableName(`${info.title ?? info.name} ${info.version}`);
};

/** A client may say anything; a name that cannot be stored must not keep its memories from it. */
const storableName = (name: string): string =>
  beginningOf(name.toWellFormed().replaceAll('\u0000', ''), 200).trim();
