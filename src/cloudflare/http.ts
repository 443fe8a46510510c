import { setImmediate } from 'node:timers/promises';

/**
 * One HTTP exchange over a fetch that is handed in: the extension host's own goes through the user's proxy, undici's
 * serves everywhere else. No redirect is followed and no body is read beyond its limit.
 */

interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: (AsyncIterable<Uint8Array> & { cancel(): Promise<void> }) | null;
}

/** What the client needs of `fetch`. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For the whole exchange, to the last byte of the body. */
  readonly timeoutMs: number;
  /** Of the decoded body. */
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: Buffer;
}

/**
 * `unreachable`: nothing was sent. `untrusted`: nor was it here; the certificate is not accepted. `reset`: the
 * connection broke before the whole answer was there.
 */
export type TransportFailure = 'unreachable' | 'untrusted' | 'reset' | 'timeout' | 'redirect' | 'too-large';

/** Why there is no answer. Holds neither headers nor bodies, nor the error of fetch, which can quote a header. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly failure: TransportFailure;
  readonly status: number;

  constructor(failure: TransportFailure, message: string, status = 0) {
    super(message);
    this.failure = failure;
    this.status = status;
  }
}

/** Rejects with a `TransportError`, or with the reason of the caller's signal. */
export const exchange = async (
  fetch: Fetch,
  { method, url, headers, body, signal, timeoutMs, maxBytes }: HttpRequest,
): Promise<HttpAnswer> => {
  signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
    await refuseRedirect(response);
    return { status: response.status, headers: response.headers, body: await readBody(response, maxBytes) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TransportError) throw error;
    if (deadline.aborted)
      throw new TransportError('timeout', `no answer within ${(timeoutMs / 1000).toFixed(0)} s`);
    throw networkError(error);
  }
};

/** Following one would send the token, or a memory, to whoever the answer names. */
const refuseRedirect = async ({ status, headers, body }: FetchResponse): Promise<void> => {
  // fetch in Electron shows a redirect as status 0.
  if (status !== 0 && (status < 300 || status > 399 || status === 304)) return;
  await body?.cancel();
  const target = headers.get('location') ?? '';
  const host = URL.canParse(target) ? ` to ${new URL(target).host.slice(0, 100)}` : '';
  throw new TransportError('redirect', `a redirect${host}`, status);
};

const readBody = async ({ status, headers, body }: FetchResponse, maxBytes: number): Promise<Buffer> => {
  if (body === null) return Buffer.alloc(0);
  const refusal = new TransportError(
    'too-large',
    `an answer of more than ${(maxBytes / 2 ** 20).toFixed(0)} MB`,
    status,
  );
  if (Number(headers.get('content-length')) > maxBytes) {
    await body.cancel();
    throw refusal;
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the rest of the body.
  for await (const part of body) {
    size += part.byteLength;
    if (size > maxBytes) throw refusal;
    parts.push(part);
  }
  // undici frees the connection a moment later: who asks at once would open, and wait for, a second one.
  await setImmediate();
  return Buffer.concat(parts, size);
};

/** Codes of Node, undici and Chromium for connections that were never made. */
const notConnected =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|ENETDOWN|EHOSTUNREACH|EHOSTDOWN|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_(?:INTERNET_DISCONNECTED|NAME_NOT_RESOLVED|ADDRESS_UNREACHABLE|CONNECTION_REFUSED|PROXY_CONNECTION_FAILED|TUNNEL_CONNECTION_FAILED))$/;
const notTrusted = /CERT|UNABLE_TO_(?:GET|VERIFY)_|^ERR_(?:TLS|SSL)_/;

const networkError = (error: unknown): TransportError => {
  const code = networkCode(error) ?? 'no code';
  if (notTrusted.test(code)) return new TransportError('untrusted', `certificate not trusted (${code})`);
  if (notConnected.test(code)) return new TransportError('unreachable', `no connection (${code})`);
  // undici: the proxy answered CONNECT with anything but 200.
  if (code === 'UND_ERR_ABORTED' || code === 'UND_ERR_PRX_TLS')
    return new TransportError('unreachable', `no connection through the proxy (${code})`);
  return new TransportError('reset', `connection lost (${code})`);
};

/** fetch hides the real error in `cause`, Chromium's in the text `net::ERR_…`. */
const networkCode = (error: unknown): string | undefined => {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code: unknown = 'code' in at ? at.code : undefined;
    if (typeof code === 'string') return code.slice(0, 60);
    const chromium = /net::(ERR_[A-Z_]{1,50})/.exec(at.message)?.[1];
    if (chromium !== undefined) return chromium;
  }
  return undefined;
};
