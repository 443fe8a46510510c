import { performance } from 'node:perf_hooks';

export interface LoggedRequest {
  readonly method: string;
  /** After `/client/v4`, with its query. */
  readonly path: string;
  readonly requestBytes: number;
  /** Where the log keeps bodies. */
  readonly body?: Uint8Array | undefined;
  /** Milliseconds of `performance.now()`. */
  readonly start: number;
  /** When the answer was handed to the system; undefined while the request runs. */
  end?: number;
  /** Undefined where the connection was reset or left open. */
  status?: number;
  responseBytes?: number;
  fault?: string;
}

export interface Traffic<T> {
  readonly value: T;
  readonly entries: readonly LoggedRequest[];
  readonly requests: number;
  /** How often somebody waited for one answer before sending the next request. */
  readonly roundTrips: number;
  /** Milliseconds that the whole took. */
  readonly ms: number;
}

/** Every request that arrived, in order. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];
  /** For a test of what is sent. */
  keepsBodies = false;

  clear(): void {
    this.entries.length = 0;
  }

  /** What `action`, alone on the emulator, sent. */
  async during<T>(action: () => Promise<T>): Promise<Traffic<T>> {
    const first = this.entries.length;
    const began = performance.now();
    const value = await action();
    const ms = performance.now() - began;
    const entries = this.entries.slice(first);
    return { value, entries, requests: entries.length, roundTrips: sequentialRoundTrips(entries), ms };
  }
}

/** The most requests of which each began after the one before had ended: a chain that parallel requests don't lengthen. */
export function sequentialRoundTrips(entries: readonly LoggedRequest[]): number {
  const ended = entries.map(({ start, end = Infinity }) => ({ start, end })).sort((a, b) => a.end - b.end);
  let chain = 0;
  let last = -Infinity;
  for (const { start, end } of ended) {
    if (start < last) continue;
    chain++;
    last = end;
  }
  return chain;
}
