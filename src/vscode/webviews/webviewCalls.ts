import type * as vscode from 'vscode';
import type { Methods, ToHost, ToWebview } from '../../shared/protocol.ts';
import { failureOf, isCancellation } from '../errors.ts';

/** What answers a webview's calls; the signal ends with the call or with the view. */
export type Handlers<M extends Methods<M>> = {
  readonly [Name in keyof M]: (
    argument: Parameters<M[Name]>[0],
    signal: AbortSignal,
  ) => ReturnType<M[Name]> | Promise<Awaited<ReturnType<M[Name]>>>;
};

/** Answers the calls of one webview, and sends it events. */
export class WebviewCalls<M extends Methods<M>, Events extends object> implements vscode.Disposable {
  readonly #webview: vscode.Webview;
  readonly #log: vscode.LogOutputChannel;
  readonly #running = new Map<number, AbortController>();
  readonly #subscription: vscode.Disposable;

  constructor(webview: vscode.Webview, handlers: Handlers<M>, log: vscode.LogOutputChannel) {
    this.#webview = webview;
    this.#log = log;
    this.#subscription = webview.onDidReceiveMessage((message: ToHost) => {
      if (message.kind === 'cancel') this.#running.get(message.id)?.abort();
      else void this.#answer(message.id, message.method, message.argument, handlers);
    });
  }

  send<Name extends keyof Events & string>(event: Name, detail: Events[Name]): void {
    void this.#post({ kind: 'event', event, detail });
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const controller of this.#running.values()) controller.abort();
  }

  async #answer(id: number, method: string, argument: unknown, handlers: Handlers<M>): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      if (!Object.hasOwn(handlers, method)) throw new Error(`There is no method ${method}.`);
      const handle = handlers[method as keyof M] as (argument: unknown, signal: AbortSignal) => unknown;
      const value = await handle(argument, controller.signal);
      await this.#post({ kind: 'answer', id, value });
    } catch (error) {
      if (controller.signal.aborted || isCancellation(error)) return;
      this.#log.error(`A webview's call ${method} failed.`, error instanceof Error ? error : String(error));
      await this.#post({ kind: 'error', id, ...failureOf(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  #post(message: ToWebview): Thenable<boolean> {
    return this.#webview.postMessage(message);
  }
}
