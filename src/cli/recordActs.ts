import { userInfo } from 'node:os';
import type { AgentAct } from '../memory/agentActs.ts';
import { AgentLog } from '../local/agentLog.ts';
import type { McpContext } from '../mcp/mcpContext.ts';
import { note } from './output.ts';

/** Writes down what agents do, and for whom, where the windows of this person look for it. */
export const recordActs = (dataFolder: string): Pick<McpContext, 'person' | 'record'> => {
  const log = new AgentLog(dataFolder);
  return {
    person: userInfo().username,
    record: (act: AgentAct) =>
      log.add(act).catch((error: unknown) => note(`mcp: what was done is not in the log: ${String(error)}`)),
  };
};
