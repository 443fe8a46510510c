import type { Latency } from '../shared/overviewProtocol.ts';
import type { ActiveStore } from './activeStore.ts';

/** Calls of each kind that are remembered. */
const KEPT = 200;
const MEASURED: ReadonlySet<string | symbol> = new Set<keyof ActiveStore>([
  'store',
  'storeMany',
  'search',
  'get',
  'list',
  'count',
  'update',
  'delete',
  'restore',
  'related',
  'facets',
  'stats',
  'overview',
  'vectors',
]);

/** How long the store's calls took in this window: the last 200 of each kind, in memory only. */
export class Latencies {
  readonly #times = new Map<string, number[]>();

  record(call: string, ms: number): void {
    const times = this.#times.get(call) ?? [];
    times.push(ms);
    if (times.length > KEPT) times.shift();
    this.#times.set(call, times);
  }

  /** The slowest first. */
  summary(): Latency[] {
    return [...this.#times]
      .map(([call, times]) => {
        const sorted = times.toSorted((a, b) => a - b);
        const at = (part: number): number => sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
        return { call, count: sorted.length, median: at(0.5), p95: at(0.95) };
      })
      .sort((a, b) => b.p95 - a.p95);
  }
}

/** The same store, whose calls are timed. One that fails or is cancelled says nothing about how fast it is. */
export const timed = (store: ActiveStore, latencies: Latencies): ActiveStore =>
  new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (!MEASURED.has(name)) return member.bind(target) as unknown;
      return (...args: unknown[]) => {
        const began = performance.now();
        const answer = Reflect.apply(member, target, args) as Promise<unknown>;
        answer.then(
          () => latencies.record(String(name), performance.now() - began),
          () => undefined,
        );
        return answer;
      };
    },
  });
