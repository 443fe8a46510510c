import { systemClock, type Clock } from './clock.ts';

export interface RetryPolicy {
  /** After the first attempt. Default 3. */
  readonly maxRetries?: number | undefined;
  /** Seconds before the first retry, at most; each next one may take twice as long. Default 1. */
  readonly baseDelay?: number | undefined;
}

export interface Retry {
  /** The retry that follows, from 1. */
  readonly retry: number;
  readonly of: number;
  readonly ms: number;
}

export interface RetryOptions extends RetryPolicy {
  /** Whether to repeat after this error; answers the seconds that the server asked for, 0 where it did not, or false. */
  readonly repeatAfter: (error: unknown) => number | false;
  readonly onRetry?: ((error: unknown, retry: Retry) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

const MAX_BACKOFF_MS = 60_000;
/** Seconds; who is asked to wait longer learns it at once. */
export const MAX_RETRY_AFTER = 600;

/** Full jitter: anything between nothing and the doubled delay, so that those who failed together don't return together. */
export const backoffMs = (retry: number, baseDelay: number, random: number): number =>
  random * Math.min(MAX_BACKOFF_MS, baseDelay * 1000 * 2 ** (retry - 1));

/** Rejects with the error of the last attempt, or with the signal's reason. */
export const withRetries = async <T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> => {
  const { maxRetries = 3, baseDelay = 1, repeatAfter, onRetry, signal, clock = systemClock } = options;
  for (let retry = 1; ; retry++) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      const asked = repeatAfter(error);
      if (asked === false || asked > MAX_RETRY_AFTER || retry > maxRetries) throw error;
      // What the server asked for, and the jitter on top where it asked.
      const ms = asked * 1000 + backoffMs(retry, baseDelay, clock.random());
      onRetry?.(error, { retry, of: maxRetries, ms });
      await clock.sleep(ms, signal);
    }
  }
};
