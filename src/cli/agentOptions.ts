import type { Command } from 'commander';
import type { McpSettings } from '../mcp/mcpContext.ts';
import { MemoryError } from '../memory/errors.ts';
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

/** Rejects with a `MemoryError` where a tool is to be switched off that there is not: the one that was meant would stay. */
export const agentSettingsOf = async (options: AgentOptions): Promise<McpSettings> => {
  const { onlyProject, readOnly, confirmStores, olderNames, disable = [] } = options;
  if (disable.length > 0) await checkTools(disable);
  return { onlyProject, readOnly, confirmStores, olderNames, disabledTools: disable };
};

const checkTools = async (names: readonly string[]): Promise<void> => {
  const { TOOL_NAMES } = await import('../mcp/tools.ts');
  const unknown = names.filter((name) => !TOOL_NAMES.includes(name));
  if (unknown.length > 0)
    throw new MemoryError(
      'invalid-input',
      `--disable names what is no tool: ${unknown.join(', ')}.`,
      `The tools are ${TOOL_NAMES.join(', ')}.`,
    );
};
