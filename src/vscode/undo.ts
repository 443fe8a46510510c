import * as vscode from 'vscode';
import type { ErrorReporter } from './errors.ts';
import { say } from './say.ts';

interface UndoOptions {
  /** Something of what was asked could not be done. */
  readonly warning?: boolean;
}

/** Says what was done, and takes it back where that is chosen. Resolves with whether it was. */
export async function offerUndo(
  errors: ErrorReporter,
  done: string,
  undo: () => Promise<unknown>,
  { warning = false }: UndoOptions = {},
): Promise<boolean> {
  const action = vscode.l10n.t('Undo');
  const show = warning ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  if ((await show(done, action)) !== action) return false;
  try {
    await undo();
    say(vscode.l10n.t('Undone'));
    return true;
  } catch (error) {
    errors.show('Undoing failed.', error);
    return false;
  }
}
