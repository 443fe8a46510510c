import type { McpSettings } from './mcpContext.ts';

/** The command line of a server with these settings: of `edge-memory mcp` as of what an editor starts. */
export const settingsOptions = ({
  readOnly,
  onlyProject,
  confirmStores,
  olderNames,
  disabledTools = [],
}: McpSettings): string[] => [
  ...(readOnly ? ['--read-only'] : []),
  ...(onlyProject ? ['--only-project'] : []),
  ...(confirmStores ? ['--confirm-stores'] : []),
  ...(olderNames ? ['--older-names'] : []),
  ...(disabledTools.length > 0 ? [`--disable=${disabledTools.join(',')}`] : []),
];
