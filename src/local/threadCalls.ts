import { type MessagePort, Worker, type WorkerOptions } from 'node:worker_threads';
import { MemoryError, type MemoryErrorCode } from '../memory/errors.ts';
import type { CallOptions } from '../memory/ports.ts';

/** Calls of one thread to another, with cancellation and errors that keep their type. */
type Request =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly method: string;
      readonly args: readonly unknown[];
      readonly priority: CallOptions['priority'];
    }
  | { readonly kind: 'cancel'; readonly id: number };

type Reply =
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: SentError }
  | { readonly kind: 'event'; readonly event: unknown };

interface SentError {
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: MemoryErrorCode | undefined;
  readonly nextStep: string;
}

const send = (error: unknown): SentError => ({
  message: error instanceof Error ? error.message : String(error),
  stack: error instanceof Error ? error.stack : undefined,
  code: MemoryError.is(error) ? error.code : undefined,
  nextStep: MemoryError.is(error) ? error.nextStep : '',
});

const receive = ({ message, stack, code, nextStep }: SentError): Error => {
  const error = code === undefined ? new Error(message) : new MemoryError(code, message, nextStep);
  if (stack !== undefined) error.stack = stack;
  return error;
};

export type Handler = (method: string, args: readonly unknown[], options: CallOptions) => Promise<unknown>;

/** The called side. Answers the function that sends an event to the calling side. */
export const serveCalls = (port: MessagePort, handle: Handler): ((event: unknown) => void) => {
  const running = new Map<number, AbortController>();
  const post = (reply: Reply) => port.postMessage(reply);
  port.on('message', (request: Request) => {
    if (request.kind === 'cancel') {
      running.get(request.id)?.abort();
      return;
    }
    const { id, method, args, priority } = request;
    const controller = new AbortController();
    running.set(id, controller);
    handle(method, args, { signal: controller.signal, priority })
      .then(
        (value) => post({ kind: 'result', id, value }),
        (error: unknown) => post({ kind: 'failure', id, error: send(error) }),
      )
      .finally(() => running.delete(id));
  });
  return (event) => post({ kind: 'event', event });
};

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

interface Running {
  readonly worker: Worker;
  /** The calls that this thread has to answer. */
  readonly pending: Map<number, Pending>;
}

export interface ThreadOptions {
  readonly script: URL;
  readonly workerOptions?: WorkerOptions;
  readonly onEvent?: (event: unknown) => void;
  /** What to answer the waiting calls with when the thread ends by itself. */
  readonly explainEnd: (cause: unknown) => Error;
  /** What to answer calls with after `close`. */
  readonly explainClosed: () => Error;
}

/** The calling side. The thread starts with the first call, and again after it broke down. */
export class CalledThread {
  readonly #options: ThreadOptions;
  #running: Running | undefined;
  #closed = false;
  #lastId = 0;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Rejects with the signal's reason at once when it is aborted; the other side stops when it can. */
  call<T>(method: string, args: readonly unknown[], { signal, priority }: CallOptions = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#closed) throw this.#options.explainClosed();
      const running = (this.#running ??= this.#start());
      const { worker, pending } = running;
      const id = ++this.#lastId;
      const cancel = () => {
        worker.postMessage({ kind: 'cancel', id } satisfies Request);
        settle(running, id)?.reject(signal?.reason as Error);
      };
      const done = () => signal?.removeEventListener('abort', cancel);
      try {
        worker.postMessage({ kind: 'call', id, method, args, priority } satisfies Request);
      } catch (error) {
        throw notPlain(error);
      }
      signal?.addEventListener('abort', cancel, { once: true });
      pending.set(id, {
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      worker.ref();
    });
  }

  /** Calls that still wait are rejected, as later ones are. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running?.worker.terminate();
  }

  #start(): Running {
    const { script, workerOptions, onEvent } = this.#options;
    const worker = new Worker(script, workerOptions);
    const running = { worker, pending: new Map<number, Pending>() };
    worker.unref();
    worker.on('message', (reply: Reply) => {
      if (reply.kind === 'event') onEvent?.(reply.event);
      else if (reply.kind === 'result') settle(running, reply.id)?.resolve(reply.value as never);
      else settle(running, reply.id)?.reject(receive(reply.error));
    });
    worker.on('error', (error) => this.#end(running, error));
    worker.on('exit', (code) => this.#end(running, new Error(`the thread ended with code ${code}`)));
    return running;
  }

  #end(running: Running, cause: unknown): void {
    if (this.#running === running) this.#running = undefined;
    const { explainEnd, explainClosed } = this.#options;
    for (const id of running.pending.keys())
      settle(running, id)?.reject(this.#closed ? explainClosed() : explainEnd(cause));
  }
}

const notPlain = (cause: unknown): MemoryError =>
  new MemoryError(
    'invalid-input',
    `Only plain values can be stored: ${cause instanceof Error ? cause.message : String(cause)}`,
    'Use text, numbers, true, false, null, and lists and objects of them.',
    { cause },
  );

const settle = ({ worker, pending }: Running, id: number): Pending | undefined => {
  const settled = pending.get(id);
  pending.delete(id);
  // An idle thread does not keep its process alive.
  if (pending.size === 0) worker.unref();
  return settled;
};
