import * as vscode from 'vscode';
import { MemoryError, type MemoryErrorCode } from '../memory/errors.ts';
import type { Failure } from '../shared/protocol.ts';
import { localised } from './localised.ts';
import { inert } from './plainText.ts';

interface Action {
  readonly title: string;
  readonly command: string;
  readonly argument?: unknown;
}

const showLog = (): Action => ({ title: vscode.l10n.t('Show Log'), command: 'edgeMemory.showLog' });
const openDataFolderSetting = (): Action => ({
  title: vscode.l10n.t('Open Setting'),
  command: 'workbench.action.openSettings',
  argument: 'edgeMemory.dataFolder',
});

const changeToken = (): Action => ({
  title: vscode.l10n.t('Change Token'),
  command: 'edgeMemory.changeToken',
});

/** What a person can do at once about an error; every other code leads to the log. */
const actions: Partial<Record<MemoryErrorCode, () => Action>> = {
  'unsupported-location': openDataFolderSetting,
  'read-only': openDataFolderSetting,
  'storage-full': () => ({
    title: vscode.l10n.t('Show Data Folder'),
    command: 'edgeMemory.revealDataFolder',
  }),
  unauthorized: changeToken,
  forbidden: changeToken,
  'embedding-unauthorized': () => ({
    title: vscode.l10n.t('Set Key'),
    command: 'edgeMemory.setEmbeddingKey',
  }),
  misconfigured: () => ({ title: vscode.l10n.t('Reconnect'), command: 'edgeMemory.reconnect' }),
  offline: () => ({ title: vscode.l10n.t('Try Again'), command: 'edgeMemory.refresh' }),
  damaged: () => ({ title: vscode.l10n.t('Restore from Backup'), command: 'edgeMemory.restoreBackup' }),
  'newer-version': () => ({
    title: vscode.l10n.t('Check for Updates'),
    command: 'workbench.extensions.action.checkForUpdates',
  }),
};

export const isCancellation = (error: unknown): boolean =>
  error instanceof vscode.CancellationError || (error instanceof Error && error.name === 'AbortError');

/** What happened and what to do next, as plain text for a notification or a row of a list. */
export function describeError(error: unknown): string {
  if (MemoryError.is(error)) return inert(`${localised(error.message)} ${localised(error.nextStep)}`);
  const message = error instanceof Error ? error.message : String(error);
  return inert(vscode.l10n.t('Unexpected error: {0}', message));
}

/** An error as a webview shows it. */
export function failureOf(error: unknown): Failure {
  const message = describeError(error);
  if (!MemoryError.is(error)) return { message, code: undefined, action: plainAction(showLog()) };
  return { message, code: error.code, action: plainAction((actions[error.code] ?? showLog)()) };
}

const plainAction = ({ title, command }: Action): Failure['action'] => ({ title, command });

/** Runs what `failureOf` offered, and nothing else: a webview names the command. */
export async function runOffered(command: string): Promise<void> {
  const offered = [showLog, ...Object.values(actions)].map((action) => action());
  const action = offered.find((one) => one.command === command);
  if (action) await vscode.commands.executeCommand(action.command, action.argument);
}

/** Turns errors into notifications: the one place of this face that does. */
export class ErrorReporter {
  readonly #log: vscode.LogOutputChannel;
  readonly #visible = new Set<string>();

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  /** One notification with an action; silent for a cancellation, and while the same text is still shown. */
  show(doing: string, error: unknown): void {
    if (isCancellation(error)) return;
    this.#log.error(doing, error instanceof Error ? error : String(error));
    const message = describeError(error);
    const known = MemoryError.is(error) ? (actions[error.code] ?? showLog)() : undefined;
    void this.#notify(message, known === undefined ? [showLog(), reportIssue()] : [known]);
  }

  async #notify(message: string, offered: readonly Action[]): Promise<void> {
    if (this.#visible.has(message)) return;
    this.#visible.add(message);
    try {
      const chosen = await vscode.window.showErrorMessage(message, ...offered.map(({ title }) => title));
      const action = offered.find(({ title }) => title === chosen);
      if (action) await vscode.commands.executeCommand(action.command, action.argument);
    } finally {
      this.#visible.delete(message);
    }
  }
}

const reportIssue = (): Action => ({
  title: vscode.l10n.t('Report Issue'),
  command: 'edgeMemory.reportIssue',
});
