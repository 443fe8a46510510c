import type { IncomingHttpHeaders } from 'node:http';
import type { Permission, Token } from './auth.ts';
import { ApiError, refuse } from './envelope.ts';
import type { Reply } from './envelope.ts';

export interface ApiRequest {
  readonly method: string;
  /** The places of the route's pattern, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly token: Token;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/accounts/:account/d1/database`; a last part `*key` takes the rest of the path, whose slashes may be encoded or not. */
  readonly pattern: string;
  /** Any one of these is enough; absent where every token may call. */
  readonly needs?: readonly Permission[];
  readonly handle: (request: ApiRequest) => Reply | Promise<Reply>;
}

export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a path after `/client/v4`. */
export function findRoute(routes: readonly Route[], method: string, path: string): RouteMatch {
  let pathExists = false;
  for (const route of routes) {
    const params = matchPattern(route.pattern, path);
    if (params === undefined) continue;
    if (route.method === method) return { route, params };
    pathExists = true;
  }
  if (pathExists) refuse(405, 10405, 'Method not allowed for this authentication scheme');
  throw new ApiError(404, [
    { code: 7003, message: `Could not route to ${path}, perhaps your object identifier is invalid?` },
    { code: 7000, message: 'No route for that URI' },
  ]);
}

function matchPattern(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split('/');
  const actual = path.split('/');
  const rest = expected.at(-1)?.startsWith('*') ?? false;
  if (rest ? actual.length < expected.length : actual.length !== expected.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    if (part.startsWith('*')) {
      params[part.slice(1)] = decode(actual.slice(index).join('/'));
      return params;
    }
    const value = decode(actual[index] ?? '');
    if (part.startsWith(':') && value !== '') params[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse(400, 7003, 'the path is not valid percent-encoding');
  }
}

/** A place of the pattern; a name that the pattern lacks is a mistake of the route. */
export function param(request: ApiRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined) throw new Error(`no :${name} in the route`);
  return value;
}
