import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** Bytes: a relay names all folders of a workspace, and MCP repeats the address of a resource. */
const HEADERS_SIZE = 256 * 1024;

/**
 * An HTTP server, not listening yet, that answers with what `answer` says. A client that dawdles over its headers or
 * its body is let go.
 */
export const httpServer = (answer: (request: Request) => Promise<Response>): Server =>
  createServer(
    {
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: 2000,
      maxHeaderSize: HEADERS_SIZE,
    },
    (incoming, outgoing) => void exchange(incoming, outgoing, answer),
  );

/** Ends open exchanges too. */
export const closeServer = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};

const exchange = async (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: (request: Request) => Promise<Response>,
): Promise<void> => {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  try {
    await send(await answer(toRequest(incoming, gone.signal)), incoming, outgoing);
  } catch {
    // A Host or path that makes no URL, or a client that went away.
    if (!outgoing.headersSent) outgoing.writeHead(400, { connection: 'close' });
    outgoing.end();
  }
};

const toRequest = (incoming: IncomingMessage, signal: AbortSignal): Request => {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(incoming.headersDistinct))
    for (const value of values) headers.append(name, value);
  const { method = 'GET' } = incoming;
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const body = method === 'GET' || method === 'HEAD' ? null : Readable.toWeb(incoming);
  return new Request(url, {
    method,
    headers,
    signal,
    body: body as ReadableStream<Uint8Array> | null,
    duplex: 'half',
  });
};

const send = async (
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> => {
  // What is left of a refused body is not read.
  if (!incoming.complete) outgoing.setHeader('connection', 'close');
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body), outgoing);
};
