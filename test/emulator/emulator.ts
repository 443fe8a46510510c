import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountRoutes, verifyPatterns } from './accountRoutes.ts';
import type { Token } from './auth.ts';
import { Tokens } from './auth.ts';
import { d1Routes } from './d1/d1Routes.ts';
import { DatabaseHost } from './d1/databaseHost.ts';
import { ApiError, ok, refuse } from './envelope.ts';
import type { Reply } from './envelope.ts';
import { sendFault } from './faultAnswers.ts';
import { Faults } from './faults.ts';
import type { Account, EmulatorOptions, EmulatorSettings } from './options.ts';
import { defaultAccount, limitsOf, settingsOf } from './options.ts';
import { maxObjectBytes } from './r2/buckets.ts';
import { r2Routes } from './r2/r2Routes.ts';
import { RateLimit } from './rateLimit.ts';
import type { LoggedRequest } from './requestLog.ts';
import { RequestLog } from './requestLog.ts';
import type { Route } from './router.ts';
import { findRoute } from './router.ts';
import { vectorizeRoutes } from './vectorize/vectorizeRoutes.ts';
import { workersAiRoutes } from './workersAi/workersAiRoutes.ts';

const basePath = '/client/v4';

/**
 * Cloudflare's REST API v4 on loopback, as far as this project uses it: tokens and accounts, D1 by workerd, R2, Vectorize
 * and Workers AI. Limits, error codes and late visibility are Cloudflare's; the models' vectors are stand-ins.
 */
export class Emulator {
  /** `http://127.0.0.1:PORT/client/v4`. */
  readonly baseUrl: string;
  readonly accountId: string;
  /** A user token with every permission. */
  readonly token: string;
  readonly tokens: Tokens;
  readonly settings: EmulatorSettings;
  readonly faults: Faults;
  readonly log = new RequestLog();
  readonly #server: Server;
  readonly #databases: DatabaseHost;
  readonly #routes: readonly Route[];
  readonly #rateLimit: RateLimit;

  constructor(options: EmulatorOptions, server: Server, databases: DatabaseHost) {
    const now = options.now ?? Date.now;
    const accounts: readonly Account[] = options.accounts ?? [defaultAccount];
    const limits = limitsOf(options);
    this.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`;
    this.accountId = (accounts[0] ?? defaultAccount).id;
    this.tokens = new Tokens(accounts, now);
    this.token = this.tokens.create().value;
    this.settings = settingsOf(options);
    this.faults = new Faults(options.seed ?? 1);
    this.#server = server;
    this.#databases = databases;
    this.#rateLimit = new RateLimit(limits, now);
    this.#routes = [
      ...accountRoutes(this.tokens, accounts),
      ...d1Routes(databases, limits, now),
      ...r2Routes(this.settings, now),
      ...vectorizeRoutes(this.settings, limits, now),
      ...workersAiRoutes(this.settings, limits, now),
    ];
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  /** Ends every connection and the databases with their content. */
  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#databases.stop();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = performance.now();
    response.setHeader('cf-ray', `${randomBytes(8).toString('hex')}-FRA`);
    const body = await readBody(request).catch(() => undefined);
    // The client went away in the middle of its request.
    if (body === undefined) return;
    const method = request.method ?? 'GET';
    const url = request.url ?? '/';
    const path = url.startsWith(`${basePath}/`) ? url.slice(basePath.length) : url;
    const entry: LoggedRequest = {
      method,
      path,
      requestBytes: body.length,
      start,
      ...(this.log.keepsBodies && { body }),
    };
    this.log.entries.push(entry);

    await sleep(this.settings.latencyMs);
    const fault = this.faults.strike(method, path);
    const applies = fault === undefined || fault.applied === true;
    const reply = applies ? await this.#answer(request, method, url, body) : ok({});
    entry.end = performance.now();
    if (fault === undefined) {
      entry.status = reply.status;
      entry.responseBytes = Buffer.byteLength(reply.body);
      response.writeHead(reply.status, reply.headers).end(reply.body);
      return;
    }
    entry.fault = fault.kind;
    await sendFault(fault, reply, response);
    if (response.headersSent) entry.status = response.statusCode;
  }

  async #answer(request: IncomingMessage, method: string, url: string, body: Buffer): Promise<Reply> {
    let limitHeaders: Record<string, string> = {};
    try {
      const { pathname, searchParams } = splitUrl(url);
      const token = this.tokens.read(request.headers);
      limitHeaders = this.#rateLimit.count(rateLimitKey(token));
      const { route, params } = findRoute(this.#routes, method, pathname);
      const admitted = this.#admit(token, request, route, params['account']);
      const { headers } = request;
      const reply = await route.handle({
        method,
        params,
        query: searchParams,
        headers,
        body,
        token: admitted,
      });
      return { ...reply, headers: { ...limitHeaders, ...reply.headers } };
    } catch (error) {
      const refusal = error instanceof ApiError ? error : mistake(error);
      const reply = refusal.toReply();
      return { ...reply, headers: { ...limitHeaders, ...reply.headers } };
    }
  }

  #admit(
    token: Token | undefined,
    request: IncomingMessage,
    route: Route,
    account: string | undefined,
  ): Token {
    const address = request.socket.remoteAddress ?? '';
    if (!verifyPatterns.some((pattern) => pattern === route.pattern)) {
      return this.tokens.admit(token, address, route.needs, account);
    }
    return token ?? refuse(401, 1000, 'Invalid API Token');
  }
}

/** Starts an emulator of its own; `close` it. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const databases = await DatabaseHost.start();
  const server = createServer({ keepAliveTimeout: 60_000 });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return new Emulator(options, server, databases);
}

function splitUrl(url: string): { pathname: string; searchParams: URLSearchParams } {
  const [path = '', query = ''] = url.split('?', 2);
  const pathname = path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : '';
  return { pathname, searchParams: new URLSearchParams(query) };
}

/** All user tokens of the one user share a limit; a token that an account owns has its own. */
function rateLimitKey(token: Token | undefined): string {
  if (token === undefined) return 'unknown';
  return token.kind === 'account' ? token.id : 'user';
}

/** A bug of the emulator, shown where it can be seen. */
function mistake(error: unknown): ApiError {
  console.error('emulator:', error);
  return new ApiError(500, { code: 10000, message: `emulator: ${String(error)}` });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    // One byte more than allowed is enough to be refused.
    if (bytes <= maxObjectBytes + part.length) parts.push(part);
  }
  return Buffer.concat(parts);
}
