import type { Answer, Failure, HostEvent, Methods, ToHost, ToWebview } from '../shared/protocol.ts';

interface VsCodeApi {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** What the host said of a failure, for a person to read. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly code: Failure['code'];
  readonly action: Failure['action'];

  constructor({ message, code, action }: Failure) {
    super(message);
    this.code = code;
    this.action = action;
  }
}

type Argument<Method> = Method extends (argument: infer A) => unknown ? A : never;
type Value<Method> = Method extends (argument: never) => infer V ? Awaited<V> : never;

/** The extension, as this webview sees it. `State` outlives a hidden or reloaded view. */
export class Host<M extends Methods<M>, Events extends object, State> {
  readonly #api = acquireVsCodeApi();
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #listeners = new Map<string, Set<(detail: never) => void>>();
  #calls = 0;

  constructor() {
    window.addEventListener('message', ({ data }: MessageEvent<ToWebview>) => {
      if (data.kind === 'event') this.#emit(data);
      else this.#waiting.get(data.id)?.(data);
    });
  }

  savedState(): State | undefined {
    return this.#api.getState() as State | undefined;
  }

  saveState(state: State): void {
    this.#api.setState(state);
  }

  /** Rejects with a {@link HostError}, or with the signal's reason. */
  call<Name extends keyof M & string>(
    method: Name,
    argument: Argument<M[Name]>,
    signal?: AbortSignal,
  ): Promise<Value<M[Name]>> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.delete(id);
        this.#api.postMessage({ kind: 'cancel', id });
        reject(signal?.reason as Error);
      };
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.set(id, (answer) => {
        this.#waiting.delete(id);
        signal?.removeEventListener('abort', abort);
        if (answer.kind === 'answer') resolve(answer.value as Value<M[Name]>);
        else reject(new HostError(answer));
      });
      this.#api.postMessage({ kind: 'call', id, method, argument });
    });
  }

  on<Name extends keyof Events & string>(event: Name, listener: (detail: Events[Name]) => void): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
  }

  #emit({ event, detail }: HostEvent): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(detail as never);
  }
}
