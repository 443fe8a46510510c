import { MemoryError } from '../memory/errors.ts';
import type { AgentStore } from './agentStore.ts';
import { confirmedStore } from './confirmedStore.ts';
import type { McpContext } from './mcpContext.ts';
import { ProjectStore } from './projectStore.ts';
import { recordedStore } from './recordedStore.ts';
import type { Progress, ToolCall } from './tool.ts';

/** What a tool works with in one call, by whatever way it was made. */
export const toolCall = async (
  open: () => Promise<AgentStore>,
  context: McpContext,
  signal: AbortSignal,
  progress?: Progress,
): Promise<ToolCall> => ({
  store: await agentStoreOf(open, context),
  context,
  source: {
    client: context.client,
    ...(context.person !== undefined && { person: context.person }),
    ...(context.repository !== undefined && { repository: context.repository }),
  },
  options: { signal },
  progress,
});

/** The store that agents may see; opened when it is first needed, so that the handshake need not wait for it. */
const agentStoreOf = async (open: () => Promise<AgentStore>, context: McpContext): Promise<AgentStore> => {
  const { project, settings } = context;
  if (!settings.onlyProject) return watchedStore(await open(), context);
  if (project === undefined)
    throw new MemoryError(
      'misconfigured',
      'Agents may use memories of the current project only, and there is none.',
      'Start the server in a project, name one with EDGE_MEMORY_PROJECT, or lift that setting.',
    );
  return new ProjectStore(watchedStore(await open(), context), project);
};

const watchedStore = (store: AgentStore, context: McpContext): AgentStore => {
  const recorded = context.record ? recordedStore(store, context, context.record) : store;
  return context.settings.confirmStores ? confirmedStore(recorded, context) : recorded;
};
