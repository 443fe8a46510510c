import type { AgentAct } from '../memory/agentActs.ts';
import type { Approval } from './approval.ts';
import type { FileReader } from './fileReader.ts';

/** What a person may change about the server. */
export interface McpSettings {
  /** Agents may look, but not store, change or delete. */
  readonly readOnly?: boolean | undefined;
  /** Names of tools that are not offered. */
  readonly disabledTools?: readonly string[] | undefined;
  /** Offers mcp-memory-service's older tool names too. */
  readonly olderNames?: boolean | undefined;
  /** Agents see and change memories of the current project only. */
  readonly onlyProject?: boolean | undefined;
  /** A person says yes to each text that agents store. */
  readonly confirmStores?: boolean | undefined;
}

/** The surroundings that a server is made for. */
export interface McpContext {
  readonly version: string;
  /** Who stores where the client does not say its name. */
  readonly client: string;
  /** Name of the current project, as in the tag `proj:<name>`. */
  readonly project?: string | undefined;
  readonly repository?: string | undefined;
  /** Whose agents these are. */
  readonly person?: string | undefined;
  readonly settings: McpSettings;
  /** Reads the files that `memory_ingest` names; without it the tool is not offered. */
  readonly files?: FileReader | undefined;
  /** Absent where there is no window to ask in. */
  readonly approval?: Approval | undefined;
  /** Is told what agents did. Does not reject. */
  readonly record?: ((act: AgentAct) => Promise<void>) | undefined;
}
