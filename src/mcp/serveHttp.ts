import { createHash, timingSafeEqual } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  isJsonContentType,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  type McpServer,
  originValidationResponse,
} from '@modelcontextprotocol/server';

/** Above what a memory may hold at once over HTTP. */
const MAX_BODY = 4 * 1024 * 1024;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const PATH = '/mcp';

export interface HttpServing {
  readonly server: Server;
  /** Ends open exchanges too. */
  readonly close: () => Promise<void>;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * An HTTP server, not listening yet, for programs of this machine that know the token: `Authorization: Bearer …`.
 * A foreign Host or Origin is refused, which a web page's request would have; a wrong token is answered 404, because
 * 401 makes clients begin OAuth.
 */
export const serveHttp = (create: () => McpServer, token: string): HttpServing => {
  const expected = digest(`Bearer ${token}`);
  const handler = createMcpHandler(create, { maxRequestBodySize: MAX_BODY });
  const answer = async (request: Request): Promise<Response> => {
    const foreign =
      hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
      originValidationResponse(request, localhostAllowedOrigins());
    if (foreign) return foreign;
    const given = digest(request.headers.get('authorization') ?? '');
    if (!timingSafeEqual(given, expected) || new URL(request.url).pathname !== PATH)
      return new Response('Not found\n', { status: 404 });
    if (request.method === 'POST' && !isJsonContentType(request.headers.get('content-type')))
      return new Response('The body must be application/json\n', { status: 415 });
    return handler.fetch(request);
  };
  const server = createHttpServer(
    { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: 2000 },
    (incoming, outgoing) => void exchange(incoming, outgoing, answer),
  );
  return {
    server,
    close: async () => {
      await handler.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
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
