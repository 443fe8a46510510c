import { createHash, timingSafeEqual } from 'node:crypto';
import {
  hostHeaderValidationResponse,
  isJsonContentType,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import type { Context, MiddlewareHandler } from 'hono';
import { refused, type Refusal } from './restErrors.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const reasonToRefuse = (request: Request, key: string | undefined): Refusal | undefined => {
  if (
    hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
    originValidationResponse(request, localhostAllowedOrigins())
  )
    return refused(
      403,
      'Requests of web pages and for foreign hosts are not served.',
      'Ask 127.0.0.1 or localhost directly, without an Origin header.',
    );
  if (request.method === 'POST' && !isJsonContentType(request.headers.get('content-type')))
    return refused(415, 'The body must be JSON.', 'Send the header Content-Type: application/json with it.');
  if (key === undefined) return undefined;
  const { headers } = request;
  const given =
    headers.get('x-api-key') ?? /^Bearer (.*)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
  if (timingSafeEqual(digest(given), digest(key))) return undefined;
  return refused(
    401,
    'The API key is missing or wrong.',
    'Send the one of EDGE_MEMORY_API_KEY: Authorization: Bearer KEY.',
  );
};

/**
 * Lets through only what programs of this machine ask for: a page in a browser sends an Origin, or, after DNS
 * rebinding, a foreign Host; and it can send JSON only after a question that nobody here answers.
 */
export const guard =
  (key: string | undefined): MiddlewareHandler =>
  async (context: Context, next) => {
    const refusal = reasonToRefuse(context.req.raw, key);
    if (refusal !== undefined) return context.json(refusal.body, refusal.status);
    return next();
  };
