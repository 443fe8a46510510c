/** What came back for one message: JSON, or a stream of events with JSON. */
export interface Exchange {
  readonly status: number;
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** A server that MCP messages can be sent to, as MCP over HTTP has it. Rejects where it can't be reached. */
export type Peer = (
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
) => Promise<Exchange>;
