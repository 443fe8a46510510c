import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../src/cloudflare/clock.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that stands still until `advance`; `random` answers `chance`. */
export class TestClock implements Clock {
  /** How long each sleep was to be, in order. */
  readonly slept: number[] = [];
  chance = 1;
  #now = 1_700_000_000_000;
  #sleepers: Sleeper[] = [];

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.chance;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      this.#sleepers.push({ until: this.#now + ms, wake: resolve });
    });
  }

  /** Lets the time pass, and everything happen that was waiting for it. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await setImmediate();
      const next = this.#sleepers.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0];
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      this.#now = Math.max(this.#now, next.until);
      next.wake();
    }
    this.#now = end;
  }
}

/** Every sleep is over at once, and the clock shows it. */
export class HastyClock extends TestClock {
  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const slept = super.sleep(ms, signal);
    await this.advance(ms);
    return slept;
  }
}
