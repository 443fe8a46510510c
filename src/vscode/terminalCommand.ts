import path from 'node:path';
import * as vscode from 'vscode';
import { defaultDataFolder, launcherFolderIn } from '../local/paths.ts';
import { isTurnedOff, onDidTurnElsewhere } from './firstMinutes/turnedOff.ts';
import type { Services } from './services.ts';

/** Writing a file can wait until the window's own start is over. */
const AFTER_START = 1500;

/** Writes the command `edge-memory` into its folder. All paths are absolute. */
export type InstallTerminalCommand = (command: {
  readonly dataFolder: string;
  readonly cliScript: string;
  readonly nodeExecutable: string;
}) => Promise<void>;

/** Writes the command for the memory of this window. */
export const writeTerminalCommand = (
  { context, settings }: Services,
  install: InstallTerminalCommand,
): Promise<void> =>
  install({
    dataFolder: settings.dataFolder,
    cliScript: context.asAbsolutePath('dist/cli.js'),
    nodeExecutable: process.execPath,
  });

/** `edge-memory` in new terminals, on the memory of this window. */
export function registerTerminalCommand(
  services: Services,
  install: InstallTerminalCommand,
): vscode.Disposable {
  const apply = (): void => {
    provideTerminalCommand(services, install).catch((error: unknown) =>
      services.log.warn(
        'The terminal command could not be installed.',
        error instanceof Error ? error : String(error),
      ),
    );
  };
  const timer = setTimeout(apply, AFTER_START);
  return vscode.Disposable.from(
    { dispose: () => clearTimeout(timer) },
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('edgeMemory.terminal.addToPath')) apply();
    }),
    onDidTurnElsewhere(services.context, apply),
  );
}

/** Writes the command and puts it on the PATH of new terminals, or takes it from there, as the settings say. */
export async function provideTerminalCommand(
  services: Services,
  install: InstallTerminalCommand,
): Promise<void> {
  const { context, settings } = services;
  const environment = context.environmentVariableCollection;
  environment.clear();
  if (isTurnedOff(context) || !settings.addToTerminalPath || !terminalsRunHere(context)) return;
  const { dataFolder } = settings;
  await writeTerminalCommand(services, install);
  environment.description = vscode.l10n.t('Adds the command edge-memory.');
  // Shells that set their PATH anew at their start would lose it without the second way.
  const both = { applyAtProcessCreation: true, applyAtShellIntegration: true };
  environment.append('PATH', `${path.delimiter}${launcherFolderIn(dataFolder)}`, both);
  if (dataFolder !== defaultDataFolder()) environment.replace('EDGE_MEMORY_DATA_FOLDER', dataFolder, both);
}

/** In remote windows the extension may run on the laptop and the terminals elsewhere. */
const terminalsRunHere = ({ extension }: vscode.ExtensionContext): boolean =>
  vscode.env.remoteName === undefined || extension.extensionKind === vscode.ExtensionKind.Workspace;
