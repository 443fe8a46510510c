import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** Tells the menus whether there is a connection, so that they offer what is about one only then. */
export function registerConnectedContext({ connection }: Services): vscode.Disposable {
  const tell = async (): Promise<void> => {
    const connected = await connection.read().then(
      (target) => target !== undefined,
      // A file that makes no sense is mended by Disconnect.
      () => true,
    );
    await vscode.commands.executeCommand('setContext', 'edgeMemory.connected', connected);
  };
  void tell();
  return connection.onDidChange(() => void tell());
}
