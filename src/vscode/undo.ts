import * as vscode from 'vscode';
import { describeError } from './errors.ts';
import { say } from './say.ts';

/** Says what was done, and takes it back where that is chosen. Resolves with whether it was. */
export async function offerUndo(done: string, undo: () => Promise<unknown>): Promise<boolean> {
  const action = vscode.l10n.t('Undo');
  if ((await vscode.window.showInformationMessage(done, action)) !== action) return false;
  try {
    await undo();
    say(vscode.l10n.t('Undone'));
  } catch (error) {
    void vscode.window.showErrorMessage(describeError(error));
  }
  return true;
}
