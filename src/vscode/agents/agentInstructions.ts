import * as vscode from 'vscode';
import {
  type SectionState,
  sectionState,
  withInstructions,
  withoutInstructions,
} from '../../mcp/agentInstructions.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { localised } from '../localised.ts';
import { say } from '../say.ts';
import { AgentTraces } from './agentTraces.ts';
import { changeFile, readFile } from './changeFile.ts';

/** The files in which agents look for a project's instructions. */
const FILES = ['AGENTS.md', '.github/copilot-instructions.md'];

type Action = 'write' | 'remove';

interface Choice {
  readonly uri: vscode.Uri;
  readonly name: string;
  readonly action: Action;
}

/**
 * Adds, updates or removes the marked section that tells a project's agents about the memory; shows the change first,
 * and touches nothing outside of its marks. Answers whether the file was changed.
 */
export async function agentInstructions(services: CommandServices): Promise<boolean> {
  const folder = await chooseFolder();
  const choice = folder && (await chooseFile(folder));
  return choice === undefined ? false : changeInstructions(services, choice);
}

export async function changeInstructions(
  services: CommandServices,
  { uri, name, action }: Choice,
): Promise<boolean> {
  const before = await readFile(uri);
  const traces = new AgentTraces(services);
  if (before === undefined && action === 'remove') {
    await traces.setInstructionFile(uri.toString(), false);
    say(vscode.l10n.t('There is no {0} any more', name));
    return false;
  }
  const after = action === 'write' ? withInstructions(before ?? '') : withoutInstructions(before ?? '');
  if (after === before) return false;
  const title =
    action === 'write'
      ? vscode.l10n.t('Write the section into {0}', name)
      : vscode.l10n.t('Remove the section from {0}', name);
  // A file that held nothing else was made by this command.
  const isOurs = action === 'remove' && after.trim() === '';
  if (!(await changeFile({ uri, name, before, after: isOurs ? undefined : after, title }))) return false;
  await traces.setInstructionFile(uri.toString(), action === 'write');
  say(
    action === 'write'
      ? vscode.l10n.t('{0} tells agents about Edge Memory', name)
      : vscode.l10n.t('The section was removed from {0}', name),
  );
  return true;
}

async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1)
    return vscode.window.showWorkspaceFolderPick({
      placeHolder: vscode.l10n.t('The project whose agents are told about Edge Memory'),
    });
  const [folder] = folders;
  if (folder === undefined)
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Open a folder first: the instructions are written into a file of the project.'),
    );
  return folder;
}

async function chooseFile(folder: vscode.WorkspaceFolder): Promise<Choice | undefined> {
  const choices = await Promise.all(FILES.map((name) => choicesFor(folder, name)));
  return vscode.window.showQuickPick(choices.flat(), {
    title: vscode.l10n.t('Agent Instructions in This Project'),
    placeHolder: vscode.l10n.t('A marked section says when to recall and what to store; you see it first'),
  });
}

async function choicesFor(
  folder: vscode.WorkspaceFolder,
  name: string,
): Promise<(Choice & vscode.QuickPickItem)[]> {
  const uri = vscode.Uri.joinPath(folder.uri, name);
  const text = await readFile(uri);
  const write = (label: string, description?: string): Choice & vscode.QuickPickItem => ({
    uri,
    name,
    action: 'write',
    label,
    ...(description !== undefined && { description }),
  });
  const remove = (description?: string): Choice & vscode.QuickPickItem => ({
    ...write(vscode.l10n.t('$(trash) Remove from {0}', name), description),
    action: 'remove',
  });
  const choices: Readonly<Record<SectionState, () => (Choice & vscode.QuickPickItem)[]>> = {
    absent: () => [
      write(
        vscode.l10n.t('$(add) Add to {0}', name),
        text === undefined ? vscode.l10n.t('Makes the file') : undefined,
      ),
    ],
    outdated: () => [write(vscode.l10n.t('$(sync) Update in {0}', name)), remove()],
    current: () => [remove(vscode.l10n.t('Its section is up to date'))],
  };
  try {
    return choices[sectionState(text ?? '')]();
  } catch (error) {
    if (!MemoryError.is(error)) throw error;
    // Choosing it says what is wrong and what to do.
    return [write(vscode.l10n.t('$(warning) Mend {0}', name), localised(error.message))];
  }
}
