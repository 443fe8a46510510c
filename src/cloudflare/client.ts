import type * as z from 'zod';
import { MemoryError } from '../memory/errors.ts';
import type { CallOptions } from '../memory/ports.ts';
import { systemClock, type Clock } from './clock.ts';
import { readEnvelope, readObject, type ResultPage } from './envelope.ts';
import { CloudflareApiError } from './errors.ts';
import { explainCloudflareError, type Resource } from './explainError.ts';
import { exchange, TransportError, type Fetch, type HttpAnswer } from './http.ts';
import { RateBudget } from './rateBudget.ts';
import { serverQuotas } from './rateLimitHeaders.ts';
import { MAX_RETRY_AFTER, withRetries, type Retry, type RetryPolicy } from './retry.ts';

export const CLOUDFLARE_API = 'https://api.cloudflare.com/client/v4';

export interface ClientLog {
  debug(message: string): void;
  warn(message: string): void;
}

export interface CloudflareClientOptions extends RetryPolicy {
  /** `globalThis.fetch` in the extension host (only that goes through the user's proxy), `nodeFetch` elsewhere. */
  readonly fetch: Fetch;
  /** Asked before each request, so that a changed token holds at once. */
  readonly token: () => string | Promise<string>;
  /** Default `CLOUDFLARE_API`. https, or http to this computer. */
  readonly baseUrl?: string | undefined;
  /** Milliseconds that one attempt may take. Default 45 s (D1 itself stops a query after 30); a request may name its own. */
  readonly timeoutMs?: number | undefined;
  /** Shared by all clients of an account. Default: one of its own. */
  readonly budget?: RateBudget | undefined;
  readonly clock?: Clock | undefined;
  readonly log?: ClientLog | undefined;
}

export interface ApiCall extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Made by `apiPath`. */
  readonly path: string;
  /** What the call is about, for a person to read. */
  readonly resource: Resource;
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: ApiBody | undefined;
  /** Doing it twice has the effect of doing it once. Default: true except for POST. */
  readonly idempotent?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
  /** Default 32 MB. */
  readonly maxBytes?: number | undefined;
  /** What no error may repeat. Default: the body, where it is text. */
  readonly confidential?: readonly string[] | undefined;
}

export interface ApiBody {
  readonly type: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
}

export const jsonBody = (value: unknown): ApiBody => ({
  type: 'application/json',
  content: JSON.stringify(value),
});

const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const TIMEOUT_MS = 45_000;

/**
 * Cloudflare's REST API. Every method rejects with a `MemoryError` that a person can act on, whose `cause` is the
 * `CloudflareApiError` (`CloudflareApiError.of(error)` finds it), or with the reason of the caller's signal.
 */
export class CloudflareClient {
  readonly budget: RateBudget;
  readonly #options: CloudflareClientOptions;
  readonly #clock: Clock;
  readonly #baseUrl: string;

  constructor(options: CloudflareClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#baseUrl = checkedBaseUrl(options.baseUrl ?? CLOUDFLARE_API);
    this.budget = options.budget ?? new RateBudget({ clock: this.#clock });
  }

  /** The `result` of the answer. */
  async request<T>(call: ApiCall, schema: z.ZodType<T>): Promise<T> {
    return (await this.requestPage(call, schema)).result;
  }

  /** The same with `result_info`, for lists in pages. */
  requestPage<T>(call: ApiCall, schema: z.ZodType<T>): Promise<ResultPage<T>> {
    return this.#repeat(call, (answer, sent) => readEnvelope(answer, schema, sent, this.#clock.now()));
  }

  /** The bytes of an answer that has no envelope. */
  download(call: ApiCall): Promise<Buffer> {
    return this.#repeat(call, (answer, sent) => readObject(answer, sent, this.#clock.now()));
  }

  async #repeat<T>(call: ApiCall, read: (answer: HttpAnswer, sent: readonly string[]) => T): Promise<T> {
    let attempts = 0;
    const attempt = async (): Promise<T> => {
      attempts++;
      return this.#send(call, read);
    };
    try {
      return await withRetries(attempt, {
        ...this.#options,
        clock: this.#clock,
        signal: call.signal,
        repeatAfter: (error) => repeatAfter(error, call),
        onRetry: (error, retry) => this.#noteRetry(call, error, retry),
      });
    } catch (error) {
      if (!CloudflareApiError.is(error)) throw error;
      error.attempts = attempts;
      throw explainCloudflareError(error, call.resource);
    }
  }

  async #send<T>(call: ApiCall, read: (answer: HttpAnswer, sent: readonly string[]) => T): Promise<T> {
    const { method, path } = call;
    const over = await this.budget.take(call.priority, call.signal);
    const began = this.#clock.now();
    try {
      const token = checkedToken(await this.#options.token());
      const answer = await this.#exchange(call, token);
      this.#options.log?.debug(
        `${method} ${path} ${answer.status} ${this.#clock.now() - began} ms, ray ${answer.headers.get('cf-ray')?.slice(0, 40) ?? '-'}`,
      );
      this.budget.observe(serverQuotas(answer.headers));
      return read(answer, [token, ...confidentialOf(call)]);
    } catch (error) {
      if (CloudflareApiError.is(error) && error.isAccountLimit) this.budget.block(error.retryAfter ?? 0);
      throw error;
    } finally {
      over();
    }
  }

  async #exchange(call: ApiCall, token: string): Promise<HttpAnswer> {
    const { method, path, query, headers, body, signal, timeoutMs, maxBytes } = call;
    try {
      return await exchange(this.#options.fetch, {
        method,
        url: `${this.#baseUrl}${path}${queryText(query)}`,
        headers: {
          ...headers,
          ...(body && { 'content-type': body.type }),
          authorization: `Bearer ${token}`,
        },
        body: body?.content,
        signal,
        timeoutMs: timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS,
        maxBytes: maxBytes ?? MAX_ANSWER_BYTES,
      });
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      throw new CloudflareApiError(error.message, { failure: error.failure, status: error.status });
    }
  }

  #noteRetry({ method, path }: ApiCall, error: unknown, { retry, of, ms }: Retry): void {
    const why = CloudflareApiError.is(error) ? `HTTP ${error.status}, ${error.message}` : String(error);
    this.#options.log?.warn(
      `${method} ${path} failed (${why}); retry ${retry} of ${of} in ${(ms / 1000).toFixed(1)} s`,
    );
  }
}

const repeatAfter = (error: unknown, call: ApiCall): number | false => {
  if (!CloudflareApiError.is(error) || !error.isRetryable) return false;
  const idempotent = call.idempotent ?? call.method !== 'POST';
  if (error.mayHaveTakenEffect && !idempotent) return false;
  // Without a network a person wants to hear so; work in the background has time.
  if (error.failure === 'unreachable' && call.priority !== 'background') return false;
  const asked = error.retryAfter ?? 0;
  // The budget waits for it, and says so, as all other requests do.
  return error.isAccountLimit && asked <= MAX_RETRY_AFTER ? 0 : asked;
};

const confidentialOf = ({ confidential, body }: ApiCall): readonly string[] =>
  confidential ?? (typeof body?.content === 'string' ? [body.content] : []);

const queryText = (query: ApiCall['query']): string => {
  const pairs = Object.entries(query ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as [string, string]],
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
};

/** fetch would quote a token that is no header value in its own error. */
const checkedToken = (token: string): string => {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new MemoryError(
    'unauthorized',
    'The Cloudflare API token is empty or contains characters that no token has.',
    'Copy the token again, all of it and nothing else, and enter it with Change Token.',
  );
};

const checkedBaseUrl = (baseUrl: string): string => {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const local = url !== undefined && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  const usable = url?.protocol === 'https:' || (url?.protocol === 'http:' && local);
  if (usable && url.username === '' && url.search === '' && url.hash === '')
    return url.href.replace(/\/+$/, '');
  throw new MemoryError(
    'invalid-input',
    'The address of the Cloudflare API is not usable.',
    'Give an https:// address without a password or query (http:// only to this computer), or remove the setting.',
  );
};
