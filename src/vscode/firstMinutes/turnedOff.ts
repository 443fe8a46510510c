import * as vscode from 'vscode';

const KEY = 'turnedOff';

/** Whether a person turned the extension off: then nothing is written outside of the memory any more. */
export const isTurnedOff = ({ globalState }: vscode.ExtensionContext): boolean => globalState.get(KEY, false);

export async function setTurnedOff({ globalState }: vscode.ExtensionContext, off: boolean): Promise<void> {
  await globalState.update(KEY, off || undefined);
  tellTurnedOff(off);
}

/** For the menus: Turn Off or Turn On. */
export const tellTurnedOff = (off: boolean): void =>
  void vscode.commands.executeCommand('setContext', 'edgeMemory.turnedOff', off);

/**
 * Tells `turn` when it was turned off or on in another window, once a person comes to this one: nothing tells an
 * extension earlier.
 */
export const onDidTurnElsewhere = (
  context: vscode.ExtensionContext,
  turn: (off: boolean) => void,
): vscode.Disposable => {
  let known = isTurnedOff(context);
  return vscode.window.onDidChangeWindowState(({ focused }) => {
    const off = isTurnedOff(context);
    if (!focused || off === known) return;
    known = off;
    turn(off);
  });
};
