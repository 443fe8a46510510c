import { ApiError } from './envelope.ts';
import type { Limits } from './options.ts';

interface Window {
  began: number;
  count: number;
  blockedUntil: number;
}

/** 1,200 requests in 5 minutes per token, the next one blocking everything for 5 more; and 200 a second. */
export class RateLimit {
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();
  readonly #second = { began: 0, count: 0 };

  constructor(limits: Limits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Counts one request of a token; gives the headers for its answer, or refuses it. */
  count(key: string): Record<string, string> {
    const { requestsPerWindow, windowSeconds, requestsPerSecond } = this.#limits;
    const now = this.#now();
    const window = this.#window(key, now, windowSeconds * 1000);
    window.count++;
    if (window.blockedUntil <= now && window.count > requestsPerWindow) {
      window.blockedUntil = now + windowSeconds * 1000;
    }
    if (window.blockedUntil > now) throw this.#refusal(0, (window.blockedUntil - now) / 1000);

    if (now - this.#second.began >= 1000) Object.assign(this.#second, { began: now, count: 0 });
    this.#second.count++;
    const remaining = requestsPerWindow - window.count;
    if (this.#second.count > requestsPerSecond) throw this.#refusal(remaining, 1);
    return this.#headers(remaining, (window.began - now) / 1000 + windowSeconds);
  }

  #window(key: string, now: number, length: number): Window {
    const known = this.#windows.get(key);
    if (known !== undefined && (known.blockedUntil > now || now - known.began < length)) return known;
    const fresh = { began: now, count: 0, blockedUntil: 0 };
    this.#windows.set(key, fresh);
    return fresh;
  }

  #refusal(remaining: number, seconds: number): ApiError {
    const message = 'Please wait and consider throttling your request speed';
    const headers = { ...this.#headers(remaining, seconds), 'retry-after': String(Math.ceil(seconds)) };
    return new ApiError(429, { code: 971, message }, headers);
  }

  #headers(remaining: number, seconds: number): Record<string, string> {
    const { requestsPerWindow, windowSeconds } = this.#limits;
    if (!Number.isFinite(requestsPerWindow)) return {};
    return {
      ratelimit: `"default";r=${remaining};t=${Math.ceil(seconds)}`,
      'ratelimit-policy': `"default";q=${requestsPerWindow};w=${windowSeconds}`,
    };
  }
}
