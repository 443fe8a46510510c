/**
 * What a process that relays says about itself to the window it relays to. Header fields hold ASCII: the values are
 * percent-encoded.
 */
export interface RelayOrigin {
  /** Name and version of the MCP client; over stdio it says so once, over HTTP each request stands alone. */
  readonly client?: string | undefined;
  /** Absolute path of the folder that it works in. */
  readonly workspace?: string | undefined;
  /** The current project there. */
  readonly project?: string | undefined;
}

const PREFIX = 'edge-memory-';
const FIELDS = ['client', 'workspace', 'project'] as const;

export const relayHeaders = (origin: RelayOrigin): Record<string, string> =>
  Object.fromEntries(
    FIELDS.flatMap((field) => {
      const value = origin[field];
      return value === undefined ? [] : [[PREFIX + field, encodeURIComponent(value.toWellFormed())]];
    }),
  );

export const relayOriginOf = (headers: Headers): RelayOrigin =>
  Object.fromEntries(
    FIELDS.flatMap((field) => {
      const value = decoded(headers.get(PREFIX + field));
      return value === undefined ? [] : [[field, value]];
    }),
  );

const decoded = (value: string | null): string | undefined => {
  try {
    return value === null ? undefined : decodeURIComponent(value);
  } catch {
    return undefined;
  }
};
