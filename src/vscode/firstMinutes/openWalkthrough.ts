import * as vscode from 'vscode';
import type { CommandServices } from '../commands/registerCommands.ts';

/** Shows the steps of the first minutes. */
export const openWalkthrough = async ({ context }: CommandServices): Promise<void> => {
  await vscode.commands.executeCommand(
    'workbench.action.openWalkthrough',
    `${context.extension.id}#edgeMemory.firstMinutes`,
    false,
  );
};
