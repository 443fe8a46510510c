import type { CallOptions } from '../memory/ports.ts';
import { systemClock, type Clock } from './clock.ts';
import type { ServerQuota } from './rateLimitHeaders.ts';
import { MAX_RETRY_AFTER } from './retry.ts';

export type Priority = NonNullable<CallOptions['priority']>;

export interface BudgetWait {
  readonly ms: number;
  readonly priority: Priority;
  /** `own-limit`: to stay below Cloudflare's limit. `server`: Cloudflare said how much is left, or to wait. */
  readonly reason: 'own-limit' | 'server';
}

export interface RateBudgetOptions {
  /** Called when requests begin to wait: once for all that wait in line. */
  readonly onWait?: ((wait: BudgetWait) => void) | undefined;
  readonly clock?: Clock | undefined;
}

/** Cloudflare allows 1,200 in 5 minutes and 200 a second; the rest is for other programs with the same token. */
const WINDOWS = [
  { limit: 1140, ms: 300_000 },
  { limit: 150, ms: 1000 },
] as const;
const TOTAL = WINDOWS[0].limit;
/** The part of every limit that background work leaves to people. */
const RESERVED = 0.2;
/** No server may stop us for longer by one header. */
const MAX_SERVER_WAIT_MS = MAX_RETRY_AFTER * 1000;

/**
 * Keeps one account's requests below Cloudflare's limits: a sliding window of its own, and what the server says is
 * left. All clients of an account in this process share one.
 */
export class RateBudget {
  readonly #clock: Clock;
  readonly #onWait: (wait: BudgetWait) => void;
  /** When each request of the longest window was sent, oldest first. */
  readonly #sent: number[] = [];
  readonly #quotas = new Map<string, { remaining: number; resetAt: number; total: number }>();
  #blockedUntil = 0;
  #inFlight = 0;
  /** Settles when those before have gone: first come, first served, and only the first one sleeps. */
  readonly #lines: Record<Priority, Promise<void>> = {
    interactive: Promise.resolve(),
    background: Promise.resolve(),
  };

  constructor({ onWait, clock }: RateBudgetOptions = {}) {
    this.#clock = clock ?? systemClock;
    this.#onWait = onWait ?? (() => undefined);
  }

  /** Resolves when a request may be sent, and counts it; call what it answers when the request is over. */
  async take(priority: Priority = 'interactive', signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    const before = this.#lines[priority];
    const { promise: gone, resolve: leave } = Promise.withResolvers<undefined>();
    this.#lines[priority] = before.then(() => gone);
    try {
      await unlessAborted(before, signal);
      for (let wait = this.#wait(priority); wait.ms > 0; wait = this.#wait(priority)) {
        this.#onWait(wait);
        await this.#clock.sleep(wait.ms, signal);
      }
      this.#count();
    } finally {
      leave(undefined);
    }
    return () => this.#inFlight--;
  }

  /** What the server said is left, by the headers of an answer. */
  observe(quotas: readonly ServerQuota[]): void {
    const now = this.#clock.now();
    for (const { name, remaining, reset, total } of quotas)
      this.#quotas.set(name, {
        // Requests under way may not be in its count yet.
        remaining: remaining - Math.max(0, this.#inFlight - 1),
        resetAt: now + Math.min(reset * 1000, MAX_SERVER_WAIT_MS),
        total: total ?? TOTAL,
      });
  }

  /** The server refused a request for everything that the account does. */
  block(seconds: number): void {
    const ms = Math.min(seconds * 1000, MAX_SERVER_WAIT_MS);
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#clock.now() + ms);
  }

  #count(): void {
    this.#sent.push(this.#clock.now());
    this.#inFlight++;
    for (const quota of this.#quotas.values()) quota.remaining--;
  }

  #wait(priority: Priority): BudgetWait {
    const now = this.#clock.now();
    const share = priority === 'background' ? 1 - RESERVED : 1;
    const own = Math.max(...WINDOWS.map(({ limit, ms }) => this.#untilBelow(limit * share, ms, now)));
    const server = Math.max(this.#blockedUntil, ...this.#exhaustedUntil(priority, now)) - now;
    return { ms: Math.max(own, server, 0), priority, reason: server >= own ? 'server' : 'own-limit' };
  }

  /** Milliseconds until fewer than `limit` requests lie in the window. */
  #untilBelow(limit: number, windowMs: number, now: number): number {
    while (this.#sent[0] !== undefined && this.#sent[0] <= now - WINDOWS[0].ms) this.#sent.shift();
    const nth = this.#sent.at(-Math.floor(limit));
    return nth === undefined ? 0 : Math.max(0, nth + windowMs - now);
  }

  *#exhaustedUntil(priority: Priority, now: number): Generator<number> {
    for (const [name, { remaining, resetAt, total }] of this.#quotas) {
      if (resetAt <= now) this.#quotas.delete(name);
      else if (remaining <= (priority === 'background' ? total * RESERVED : 0)) yield resetAt;
    }
  }
}

const unlessAborted = async (promise: Promise<void>, signal?: AbortSignal): Promise<void> => {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};
