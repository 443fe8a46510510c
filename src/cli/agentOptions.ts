import type { Command } from 'commander';
import type { McpSettings } from '../mcp/mcpContext.ts';
import { commaSeparated } from './options.ts';

export interface AgentOptions {
  readonly onlyProject?: boolean;
  readonly readOnly?: boolean;
  readonly confirmStores?: boolean;
  readonly olderNames?: boolean;
  readonly disable?: string[];
}

/** What agents may do: the same for a server and for the configuration that starts one. */
export const addAgentOptions = (command: Command): Command =>
  command
    .option('--only-project', 'agents see and change memories of this project only')
    .option('--read-only', 'agents may not store, change or delete')
    .option(
      '--confirm-stores',
      'a person confirms what agents store, asked by the client; where it can not ask, nothing is stored',
    )
    .option('--older-names', "offer mcp-memory-service's older tool names too")
    .option('--disable <a,b>', 'tools that are not offered', commaSeparated);

export const agentSettingsOf = (options: AgentOptions): McpSettings => {
  const { onlyProject, readOnly, confirmStores, olderNames, disable } = options;
  return { onlyProject, readOnly, confirmStores, olderNames, disabledTools: disable };
};
