import { createHash, timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  isJsonContentType,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  type McpServer,
  type McpServerFactory,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import { clientOfSession, withClientSession } from './clientSession.ts';
import { closeServer, httpServer } from './httpServer.ts';

/** Bytes: above what a memory may hold at once over HTTP. */
const MAX_BODY = 4 * 1024 * 1024;
const PATH = '/mcp';

export interface HttpServing {
  readonly server: Server;
  /** Ends open exchanges too. */
  readonly close: () => Promise<void>;
}

export interface HttpAnswers {
  readonly answer: (request: Request) => Promise<Response>;
  readonly close: () => Promise<void>;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Answers to programs of this machine that know the token: `Authorization: Bearer …`. A foreign Host or Origin is
 * refused, which a web page's request would have; a wrong token is answered 404, because 401 makes clients begin OAuth.
 */
export const httpAnswers = (create: McpServerFactory, token: string, maxBody = MAX_BODY): HttpAnswers => {
  const expected = digest(`Bearer ${token}`);
  const handler = createMcpHandler(create, { maxRequestBodySize: maxBody });
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
  return { answer, close: () => handler.close() };
};

/**
 * An HTTP server, not listening yet, for programs of this machine that know the token. `create` gets the client's name
 * where its session tells it.
 */
export const serveHttp = (create: (client: string | undefined) => McpServer, token: string): HttpServing => {
  const answers = httpAnswers(
    ({ requestInfo }) => create(requestInfo && clientOfSession(requestInfo.headers)),
    token,
  );
  const server = httpServer(withClientSession(answers.answer));
  return {
    server,
    close: async () => {
      await answers.close();
      await closeServer(server);
    },
  };
};
