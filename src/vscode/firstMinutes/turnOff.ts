import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { launcherFolderIn } from '../../local/paths.ts';
import { changeInstructions } from '../agents/agentInstructions.ts';
import { AgentTraces } from '../agents/agentTraces.ts';
import { configurationFor } from '../agents/mcpConfigurations.ts';
import { configurationName, filesWithServer, removeServer } from '../agents/removeConfiguration.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { describeError } from '../errors.ts';
import { homePath } from '../homePath.ts';
import { say } from '../say.ts';
import { provideTerminalCommand } from '../terminalCommand.ts';
import { setTurnedOff } from './turnedOff.ts';

/** The files that the terminal command consists of. */
const LAUNCHERS = ['edge-memory', 'edge-memory.cmd'];

/**
 * Says what was written outside of the memory, takes it back after a yes, and says what is left and where the
 * memories stay. Answers the report, or undefined where nothing was done.
 */
export async function turnOff(services: CommandServices): Promise<string | undefined> {
  const { context, settings } = services;
  const traces = new AgentTraces(services);
  const copied = await Promise.all(
    (await traces.copied()).map(async ({ client }) => {
      const config = configurationFor(services, client);
      return { client, config, files: await filesWithServer(config) };
    }),
  );
  const bin = launcherFolderIn(settings.dataFolder);
  const folder = homePath(settings.dataFolder);
  const plan = [
    vscode.l10n.t(
      'Taken back: the terminal command in {0} and its place on the PATH of terminals',
      homePath(bin),
    ),
    vscode.l10n.t('Taken back: the server that agents of VS Code use'),
    ...traces.instructionFiles.map((uri) =>
      vscode.l10n.t('Taken back, after you saw the change: the section in {0}', nameOf(uri)),
    ),
    ...copied.flatMap(({ config, files }) =>
      files.length > 0
        ? files.map((uri) =>
            vscode.l10n.t('Taken back, after you saw the change: the entry in {0}', configurationName(uri)),
          )
        : [vscode.l10n.t('Yours to remove: the configuration copied for {0}', config.name)],
    ),
    '',
    vscode.l10n.t(
      'Your memories stay in {0}, and your settings as they are. Turn On brings back the terminal command and the server.',
      folder,
    ),
  ].join('\n');
  const yes = vscode.l10n.t('Turn Off');
  const question = vscode.l10n.t('Turn off Edge Memory?');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail: plan }, yes)) !== yes)
    return undefined;

  const problems: string[] = [];
  const attempt = async (take: () => PromiseLike<unknown>): Promise<void> => {
    try {
      await take();
    } catch (error) {
      problems.push(describeError(error));
    }
  };
  await setTurnedOff(context, true);
  services.agents.offer();
  context.environmentVariableCollection.clear();
  for (const uri of traces.instructionFiles)
    await attempt(() =>
      changeInstructions(services, { uri: vscode.Uri.parse(uri), name: nameOf(uri), action: 'remove' }),
    );
  const left: string[] = [];
  for (const { client, config, files } of copied) {
    if (files.length === 0)
      left.push(`${config.name}: ${config.undo ? `\`${config.undo}\`` : (config.file ?? '')}`);
    for (const uri of files)
      await attempt(async () => {
        if (!(await removeServer(uri)))
          left.push(vscode.l10n.t('The entry in {0}: its change was not confirmed.', configurationName(uri)));
      });
    if (files.length > 0 && (await filesWithServer(config)).length === 0) await traces.forgetCopied(client);
  }
  for (const name of LAUNCHERS) await attempt(() => rm(path.join(bin, name), { force: true }));

  const report = [
    vscode.l10n.t('# Edge Memory is turned off'),
    vscode.l10n.t('Your memories are in `{0}`, as they were. Delete that folder to remove them too.', folder),
    services.connection.target === undefined
      ? ''
      : vscode.l10n.t(
          'Those in Cloudflare stay in your account ({0}). “Disconnect” forgets the token; “Remove Edge Memory’s Tables” removes them.',
          services.connection.target.accountName,
        ),
    ...section(vscode.l10n.t('## Still there: yours to remove'), [
      ...traces.instructionFiles.map((uri) =>
        vscode.l10n.t('The section in {0}: its change was not confirmed.', nameOf(uri)),
      ),
      ...left,
    ]),
    ...section(vscode.l10n.t('## What could not be taken back'), problems),
    vscode.l10n.t('Run “Turn On” to use it again, or uninstall it in the Extensions view.'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: report });
  await vscode.window.showTextDocument(document);
  return report;
}

/** Brings back what Turn Off took, but for sections and configurations. */
export async function turnOn(services: CommandServices): Promise<void> {
  await setTurnedOff(services.context, false);
  services.agents.offer();
  await provideTerminalCommand(services, services.installTerminalCommand);
  say(vscode.l10n.t('Edge Memory is turned on'));
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, lines.map((line) => `- ${line}`).join('\n')];

const nameOf = (uri: string): string => vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
