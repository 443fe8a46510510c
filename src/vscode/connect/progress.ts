import * as vscode from 'vscode';

export interface Running {
  readonly signal: AbortSignal;
  /** Says which step runs. */
  readonly say: (step: string) => void;
}

/** Runs with a notification that tells the step and can cancel; then it rejects with an `AbortError`. */
export const withProgress = <T>(title: string, run: (running: Running) => Promise<T>): Thenable<T> =>
  vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, cancelled) => {
      const controller = new AbortController();
      cancelled.onCancellationRequested(() => controller.abort());
      return run({ signal: controller.signal, say: (message) => progress.report({ message }) });
    },
  );
