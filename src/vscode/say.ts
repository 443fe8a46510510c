import * as vscode from 'vscode';

/** That something went as asked: seen in the status bar for a moment, in nobody's way. */
export const say = (message: string): void => {
  vscode.window.setStatusBarMessage(`$(check) ${message}`, 4000);
};
