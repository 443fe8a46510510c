import * as vscode from 'vscode';
import { registerContributions } from './vscode/contributions.ts';
import { createServices, type Services } from './vscode/services.ts';
import type { InstallTerminalCommand } from './vscode/terminalCommand.ts';

/** What tests in the extension host may look into; nobody else is handed anything. */
export interface TestAccess {
  readonly services: Services;
}

export function activate(context: vscode.ExtensionContext): TestAccess | undefined {
  let running = start(context);
  context.subscriptions.push(
    { dispose: () => running.dispose() },
    // Another folder holds another memory: everything begins anew with it.
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('edgeMemory.dataFolder')) return;
      running.dispose();
      running = start(context);
    }),
  );
  if (context.extensionMode !== vscode.ExtensionMode.Test) return undefined;
  return {
    get services() {
      return running.services;
    },
  };
}

function start(context: vscode.ExtensionContext): TestAccess & { dispose(): void } {
  const services = createServices(context);
  const contributions = registerContributions(services, installTerminalCommand);
  return {
    services,
    dispose: () => {
      contributions.dispose();
      services.dispose();
    },
  };
}

const installTerminalCommand: InstallTerminalCommand = async (command) => {
  const { writeLauncher } = await import('./cli/launcher.ts');
  await writeLauncher(command);
};
