import type { McpSettings } from './mcpContext.ts';

/**
 * What a process that relays says about itself to the window it relays to. Header fields hold ASCII: the values are
 * percent-encoded.
 */
export interface RelayOrigin {
  /** Name and version of the MCP client; over stdio it says so once, over HTTP each request stands alone. */
  readonly client?: string | undefined;
  /** Absolute paths of the folders that it works in; empty where it works in none. */
  readonly folders?: readonly string[] | undefined;
  /** The current project there. */
  readonly project?: string | undefined;
  /** What its workspace limits agents to. */
  readonly settings?: McpSettings | undefined;
}

const PREFIX = 'edge-memory-';
const FIELDS = ['client', 'folders', 'project', 'settings'] as const;

export const relayHeaders = (origin: RelayOrigin): Record<string, string> =>
  Object.fromEntries(
    FIELDS.flatMap((field) => {
      const value = origin[field];
      const text = JSON.stringify(value) as string | undefined;
      return text === undefined ? [] : [[PREFIX + field, encodeURIComponent(text)]];
    }),
  );

/** The same again; of one's own programs only, which know the nonce. */
export const relayOriginOf = (headers: Headers): RelayOrigin =>
  Object.fromEntries(
    FIELDS.flatMap((field) => {
      const value = headers.get(PREFIX + field);
      return value === null ? [] : [[field, JSON.parse(decodeURIComponent(value)) as unknown]];
    }),
  );

const either = (...settings: readonly (boolean | undefined)[]): boolean => settings.includes(true);

/** What both allow; `one` where the other says nothing. */
export const narrower = (one: McpSettings, other: McpSettings | undefined): McpSettings =>
  other === undefined
    ? one
    : {
        readOnly: either(one.readOnly, other.readOnly),
        onlyProject: either(one.onlyProject, other.onlyProject),
        confirmStores: either(one.confirmStores, other.confirmStores),
        olderNames: one.olderNames && other.olderNames,
        disabledTools: [...(one.disabledTools ?? []), ...(other.disabledTools ?? [])],
      };
