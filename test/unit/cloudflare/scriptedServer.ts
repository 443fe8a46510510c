import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Handler = (request: ReceivedRequest, response: ServerResponse) => void;

export interface ScriptedServer {
  readonly origin: string;
  readonly received: ReceivedRequest[];
  /** Connections that were ever made. */
  connections(): number;
  close(): Promise<void>;
}

/** An HTTP server on loopback that answers as the test says. */
export const startServer = async (handle: Handler): Promise<ScriptedServer> => {
  const received: ReceivedRequest[] = [];
  let connections = 0;
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const complete = { method, url, headers, body: Buffer.concat(parts).toString() };
      received.push(complete);
      handle(complete, response);
    });
  });
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    connections: () => connections,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export const sendJson = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'cf-ray': '8f01-FRA' });
  response.end(JSON.stringify(value));
};

export const sendSuccess = (response: ServerResponse, result: unknown): void =>
  sendJson(response, { success: true, errors: [], messages: [], result });
