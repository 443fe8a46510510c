import type { TransportFailure } from './http.ts';
import { reasonOf, SQL_ERROR, type Reason } from './reasons.ts';

/** `api`: Cloudflare refused, and said why. `malformed`: an answer that is not what its API gives, such as HTML. */
export type CloudflareFailure = TransportFailure | 'api' | 'malformed';

export interface CloudflareErrorFields {
  readonly failure: CloudflareFailure;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** The first code of Cloudflare's list of errors. */
  readonly code?: number | undefined;
  /** `cf-ray`: what Cloudflare's support finds the request by. */
  readonly ray?: string | undefined;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
  /** A firewall's challenge answered instead of the API. */
  readonly challenged?: boolean | undefined;
  /** Cloudflare's own words, to tell the reason by. Not kept: they may repeat what was sent. */
  readonly words?: string | undefined;
}

/** Limits of one product, which say nothing about calls of others: D1, Vectorize (two), R2, Workers AI. */
const PRODUCT_LIMITS = new Set([7429, 40041, 40014, 10058, 3040]);
/** Over a limit that no wait of ours outlasts: Workers AI, used up until 00:00 UTC. */
export const DAILY_AI_LIMITS: ReadonlySet<number | undefined> = new Set([3036, 4006]);
const ACCOUNT_LIMITS = new Set<number | undefined>([971, 10429]);
/**
 * A request to Cloudflare that failed. Never holds the token, what was sent, vectors or contents: `message` is
 * Cloudflare's own only where it repeats nothing of the request.
 */
export class CloudflareApiError extends Error {
  override readonly name = 'CloudflareApiError';
  readonly failure: CloudflareFailure;
  readonly status: number;
  readonly code: number | undefined;
  readonly reason: Reason | undefined;
  readonly ray: string | undefined;
  readonly retryAfter: number | undefined;
  /** The same request may succeed a little later. */
  readonly isRetryable: boolean;
  /** It is not known that nothing was changed: only what is safe to repeat may be sent again. */
  readonly mayHaveTakenEffect: boolean;
  /** How often it was sent. */
  attempts = 1;

  constructor(message: string, fields: CloudflareErrorFields) {
    super(message);
    this.reason = reasonOf(fields.code, fields.words ?? '');
    const transient = this.reason === 'd1-transient' || this.reason === 'd1-busy';
    this.failure = fields.failure;
    this.status = fields.status;
    this.code = fields.code;
    this.ray = fields.ray;
    this.retryAfter = fields.retryAfter;
    this.isRetryable = transient || isRetryable(fields);
    this.mayHaveTakenEffect = this.reason === 'd1-transient' || mayHaveTakenEffect(fields);
  }

  /** The account as a whole is over its limit, not one product of it. */
  get isAccountLimit(): boolean {
    if (DAILY_AI_LIMITS.has(this.code)) return false;
    return ACCOUNT_LIMITS.has(this.code) || (this.status === 429 && !PRODUCT_LIMITS.has(this.code ?? 0));
  }

  static is(error: unknown, code?: number): error is CloudflareApiError {
    return error instanceof CloudflareApiError && (code === undefined || error.code === code);
  }

  /** The error itself, or the one behind a `MemoryError`. */
  static of(error: unknown): CloudflareApiError | undefined {
    if (CloudflareApiError.is(error)) return error;
    return error instanceof Error && CloudflareApiError.is(error.cause) ? error.cause : undefined;
  }
}

const isRetryable = ({ failure, status, code = 0, challenged = false }: CloudflareErrorFields): boolean => {
  switch (failure) {
    case 'reset':
    case 'timeout':
    case 'unreachable':
      return true;
    case 'untrusted':
    case 'redirect':
    case 'too-large':
      return false;
    case 'malformed':
      return status < 400 || status === 429 || status >= 500 || challenged;
    case 'api':
      if (DAILY_AI_LIMITS.has(code) || code === SQL_ERROR) return false;
      // Below 400 it is a refusal inside an answer of success: one of the two is wrong.
      return (
        status < 400 ||
        status === 429 ||
        status >= 500 ||
        PRODUCT_LIMITS.has(code) ||
        ACCOUNT_LIMITS.has(code)
      );
  }
};

const mayHaveTakenEffect = ({ failure, status }: CloudflareErrorFields): boolean => {
  if (failure === 'unreachable' || failure === 'untrusted') return false;
  // A refusal comes before the work; any other answer may come after it.
  return failure !== 'api' || status < 400 || status >= 500;
};
