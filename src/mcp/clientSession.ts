import { randomUUID } from 'node:crypto';
import type { Implementation } from '@modelcontextprotocol/server';
import { clientName } from './clientName.ts';

/*
 * Until protocol 2025-11-25 a client says its name in the handshake only, while over HTTP each request stands alone. A
 * session's id, which clients send back with each request, carries the name; the server keeps nothing.
 */

const HEADER = 'mcp-session-id';
/** A handshake is small; larger bodies are not looked at. Bytes. */
const HANDSHAKE = 16_384;

interface Handshake {
  readonly method?: unknown;
  readonly params?: { readonly clientInfo?: Implementation };
}

/** The name in the session that a request belongs to. */
export const clientOfSession = (headers: Headers): string | undefined => {
  const encoded = headers.get(HEADER)?.split('.')[1];
  if (!encoded) return undefined;
  // As from the client itself, which may say anything.
  return clientName({ name: Buffer.from(encoded, 'base64url').toString('utf8'), version: '' }) || undefined;
};

/** Gives the answer to a handshake a session's id. */
export const withClientSession =
  (answer: (request: Request) => Promise<Response>) =>
  async (request: Request): Promise<Response> => {
    const copy = isSmallPost(request) ? request.clone() : undefined;
    const response = await answer(request);
    const client = copy && response.ok ? await clientIn(copy) : undefined;
    if (client === undefined) return response;
    const headers = new Headers(response.headers);
    headers.set(HEADER, `${randomUUID()}.${Buffer.from(client).toString('base64url')}`);
    return new Response(response.body, { status: response.status, headers });
  };

const isSmallPost = ({ method, headers }: Request): boolean =>
  method === 'POST' && Number(headers.get('content-length') ?? Infinity) <= HANDSHAKE;

const clientIn = async (request: Request): Promise<string | undefined> => {
  try {
    const { method, params } = (await request.json()) as Handshake;
    return method === 'initialize' && params?.clientInfo ? clientName(params.clientInfo) : undefined;
  } catch {
    return undefined;
  }
};
