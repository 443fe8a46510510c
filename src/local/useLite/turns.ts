import type { CallOptions } from '../../memory/ports.ts';

interface Waiting {
  readonly start: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Lets one piece of work run at a time: interactive work first, each kind in the order of asking. After background
 * work it rests from background work for as long as that took, so that it fills half a core at most.
 */
export class Turns {
  readonly #interactive: Waiting[] = [];
  readonly #background: Waiting[] = [];
  #busy = false;
  #resting: NodeJS.Timeout | undefined;

  /** Work that still waits when the signal aborts never starts. Rejects with the signal's reason or the work's error. */
  async take<T>(work: () => Promise<T>, { signal, priority = 'interactive' }: CallOptions): Promise<T> {
    await this.#turn(priority === 'interactive' ? this.#interactive : this.#background, signal);
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.#busy = false;
      if (priority === 'background') this.#rest(performance.now() - startedAt);
      this.#next();
    }
  }

  /** Ends all waiting. */
  rejectWaiting(reason: unknown): void {
    for (const line of [this.#interactive, this.#background]) {
      for (const { reject } of line.splice(0)) reject(reason);
    }
  }

  async #turn(line: Waiting[], signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const waiting: Waiting = { start: () => resolve(undefined), reject };
    const abort = () => {
      const place = line.indexOf(waiting);
      if (place >= 0) line.splice(place, 1);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    line.push(waiting);
    this.#next();
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  #next(): void {
    if (this.#busy) return;
    const waiting =
      this.#interactive.shift() ?? (this.#resting === undefined ? this.#background.shift() : undefined);
    if (waiting === undefined) return;
    this.#busy = true;
    waiting.start();
  }

  #rest(milliseconds: number): void {
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      this.#next();
    }, milliseconds);
  }
}
