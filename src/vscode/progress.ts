import * as vscode from 'vscode';

export interface Running {
  readonly signal: AbortSignal;
  /** Says which step runs, and how much is done of all, 0…1, where that is known. */
  readonly say: (step: string, done?: number) => void;
}

/** Runs with a notification that tells the step and can cancel; then it rejects with an `AbortError`. */
export const withProgress = <T>(title: string, run: (running: Running) => Promise<T>): Thenable<T> =>
  vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, cancelled) => {
      const controller = new AbortController();
      cancelled.onCancellationRequested(() => controller.abort());
      let reached = 0;
      const say = (message: string, done = reached): void => {
        progress.report({ message, increment: 100 * Math.max(0, done - reached) });
        reached = Math.max(reached, done);
      };
      return run({ signal: controller.signal, say });
    },
  );

/** As `withProgress`, for what can't be stopped but need not be waited for. */
export const waitWithProgress = <T>(title: string, run: () => Promise<T>): Thenable<T> =>
  withProgress(title, async ({ signal }) => {
    signal.throwIfAborted();
    const { promise: left, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    return Promise.race([run(), left]);
  });
