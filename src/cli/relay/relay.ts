import { buffer } from 'node:stream/consumers';
import {
  CLIENT_INFO_META_KEY,
  type Implementation,
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCNotification,
  type JSONRPCRequest,
  PROTOCOL_VERSION_META_KEY,
  type RequestId,
  type Transport,
} from '@modelcontextprotocol/server';
import { clientName } from '../../mcp/clientName.ts';
import { type RelayOrigin, relayHeaders } from '../../mcp/relayHeaders.ts';
import { messagesIn } from './messagesIn.ts';
import type { Exchange, Peer } from './peer.ts';

export interface RelayOptions {
  readonly transport: Transport;
  /** Where a message may go, the best first; asked for each message, because windows come and go. */
  readonly peers: () => AsyncIterable<Peer>;
  readonly origin: RelayOrigin;
}

/** JSON-RPC's own code for what went wrong inside of the server. */
const INTERNAL_ERROR = -32_603;
/** Of these, the value that the header `Mcp-Name` repeats (MCP 2026-07-28, Streamable HTTP). */
const NAMED: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

/** Hands each message of a client over stdio to a server over HTTP, and what that answers back to the client. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #running = new Map<RequestId, AbortController>();
  #client: Implementation | undefined;
  #protocol: string | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
    options.transport.onmessage = (message) => void this.#take(message);
  }

  /** Name and version of the client, once it said so. */
  get client(): string | undefined {
    return this.#client && clientName(this.#client);
  }

  /** Ends what still runs. */
  close(): void {
    for (const running of this.#running.values()) running.abort();
  }

  async #take(message: JSONRPCMessage): Promise<void> {
    if (isJSONRPCRequest(message)) await this.#request(message);
    else if (isJSONRPCNotification(message)) await this.#notify(message);
  }

  async #request(message: JSONRPCRequest): Promise<void> {
    const { id, method, params } = message;
    if (method === 'initialize') this.#client = params?.['clientInfo'] as Implementation | undefined;
    const stop = new AbortController();
    this.#running.set(id, stop);
    let isAnswered = false;
    try {
      const exchange = await this.#send(message, stop.signal);
      for await (const answer of messagesIn(exchange)) {
        isAnswered ||= 'id' in answer && answer.id === id;
        if (method === 'initialize' && 'result' in answer)
          this.#protocol = answer.result['protocolVersion'] as string | undefined;
        await this.#options.transport.send(answer);
      }
      if (!isAnswered) throw new Error(`the memory server gave no answer (HTTP ${exchange.status})`);
    } catch (error) {
      // A cancelled request is not answered.
      if (!stop.signal.aborted && !isAnswered) await this.#fail(id, error);
    } finally {
      this.#running.delete(id);
    }
  }

  async #notify(message: JSONRPCNotification): Promise<void> {
    if (message.method === 'notifications/cancelled') {
      this.#running.get(message.params?.['requestId'] as RequestId)?.abort();
      return;
    }
    const exchange = await this.#send(message, new AbortController().signal).catch(() => undefined);
    // An answer is read to its end, so that the connection is free again.
    if (exchange) await buffer(exchange.body);
  }

  async #send(message: JSONRPCRequest | JSONRPCNotification, signal: AbortSignal): Promise<Exchange> {
    const [headers, body] = [this.#headersOf(message), JSON.stringify(message)];
    let failure: unknown = new Error('there is no memory server');
    for await (const peer of this.#options.peers()) {
      try {
        const exchange = await peer(headers, body, signal);
        // 404: a window's record that is not up to date.
        if (exchange.status !== 404) return exchange;
      } catch (error) {
        failure = error;
      }
      signal.throwIfAborted();
    }
    throw failure;
  }

  #headersOf({ method, params }: JSONRPCRequest | JSONRPCNotification): Record<string, string> {
    const meta = params?._meta as Readonly<Record<string, unknown>> | undefined;
    const protocol = meta?.[PROTOCOL_VERSION_META_KEY] ?? this.#protocol;
    const name = params?.[NAMED[method] ?? ''];
    const client = (meta?.[CLIENT_INFO_META_KEY] as Implementation | undefined) ?? this.#client;
    return {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-method': method,
      ...(typeof protocol === 'string' && { 'mcp-protocol-version': protocol }),
      ...(typeof name === 'string' && { 'mcp-name': headerValue(name) }),
      ...relayHeaders({ ...this.#options.origin, client: client && clientName(client) }),
    };
  }

  async #fail(id: RequestId, error: unknown): Promise<void> {
    const message = `Edge Memory could not be asked: ${error instanceof Error ? error.message : String(error)}. Call again.`;
    await this.#options.transport.send({ jsonrpc: '2.0', id, error: { code: INTERNAL_ERROR, message } });
  }
}

/** What is no plain ASCII goes in MCP's form of Base64. */
const headerValue = (value: string): string =>
  /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !value.startsWith('=?')
    ? value
    : `=?base64?${Buffer.from(value).toString('base64')}?=`;
