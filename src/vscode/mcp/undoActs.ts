import * as vscode from 'vscode';
import { AgentLog } from '../../local/agentLog.ts';
import { type AgentAct, undoAll } from '../../memory/agentActs.ts';
import { say } from '../say.ts';
import type { Services } from '../services.ts';

/** Takes acts of agents back that were not yet, the last one first, and keeps that in the log. */
export const undoActs = async ({ store, settings }: Services, acts: readonly AgentAct[]): Promise<void> => {
  const { undone, tooLate } = await undoAll(store, new AgentLog(settings.dataFolder), acts);
  const [error] = tooLate;
  if (error === undefined)
    say(acts.length === 1 ? vscode.l10n.t('Undone') : vscode.l10n.t('{0} changes undone', acts.length));
  else if (acts.length === 1) throw error;
  else await tellTooLate(undone, tooLate.length);
};

const tellTooLate = async (undone: number, tooLate: number): Promise<void> => {
  const show = vscode.l10n.t('Show Activity');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'Undone: {0}. Not undone: {1}, because their memories were changed, deleted or restored since. Agent Activity lists them.',
      undone,
      tooLate,
    ),
    show,
  );
  if (chosen === show) await vscode.commands.executeCommand('edgeMemory.showAgentActivity');
};
