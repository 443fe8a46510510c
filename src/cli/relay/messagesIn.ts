import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import type { Exchange } from './peer.ts';

/** The messages of an answer, as they come; none where it holds no JSON-RPC. */
export async function* messagesIn({ contentType, body }: Exchange): AsyncGenerator<JSONRPCMessage> {
  if (!contentType.startsWith('text/event-stream')) {
    yield* parsed(await text(body));
    return;
  }
  // https://html.spec.whatwg.org/multipage/server-sent-events.html: an empty line ends an event.
  let data: string[] = [];
  for await (const line of createInterface({ input: Readable.from(body), crlfDelay: Infinity })) {
    if (line.startsWith('data:')) data.push(line.slice('data:'.length).replace(/^ /, ''));
    if (line !== '') continue;
    yield* parsed(data.join('\n'));
    data = [];
  }
  yield* parsed(data.join('\n'));
}

const parsed = (json: string): JSONRPCMessage[] => {
  try {
    const value: unknown = JSON.parse(json);
    return [value].flat().filter(isMessage);
  } catch {
    return [];
  }
};

const isMessage = (value: unknown): value is JSONRPCMessage =>
  (value as { readonly jsonrpc?: unknown } | null)?.jsonrpc === '2.0';
