import type { McpContext } from './mcpContext.ts';
import { olderTools } from './olderTools.ts';
import type { MemoryTool } from './tool.ts';
import { memoryDelete } from './tools/memoryDelete.ts';
import { memoryGraph, memoryGraphReads } from './tools/memoryGraph.ts';
import { memoryHealth } from './tools/memoryHealth.ts';
import { memoryIngest } from './tools/memoryIngest.ts';
import { memoryList } from './tools/memoryList.ts';
import { memorySearch } from './tools/memorySearch.ts';
import { memoryStats } from './tools/memoryStats.ts';
import { memoryStore } from './tools/memoryStore.ts';
import { memoryUpdate } from './tools/memoryUpdate.ts';

const tools: readonly MemoryTool[] = [
  memorySearch,
  memoryStore,
  memoryList,
  memoryUpdate,
  memoryDelete,
  memoryGraph,
  memoryIngest,
  memoryStats,
  memoryHealth,
];

/** Of all tools, the older names too. */
export const TOOL_NAMES: readonly string[] = [...tools, ...olderTools].map(({ name }) => name);

/** The tools that the settings offer. */
export const toolsFor = ({ settings, files }: Pick<McpContext, 'settings' | 'files'>): MemoryTool[] =>
  [...tools, ...(settings.olderNames ? olderTools : [])]
    .map((tool) => (settings.readOnly && tool === memoryGraph ? memoryGraphReads : tool))
    .filter(
      (tool) =>
        // Under whatever name: what was switched off is not reachable under an older one.
        ![tool.name, tool.of].some((name) => name !== undefined && settings.disabledTools?.includes(name)) &&
        (tool.hints.readOnlyHint || !settings.readOnly) &&
        (tool !== memoryIngest || files !== undefined),
    );
