import * as vscode from 'vscode';
import { AgentLog } from '../../local/agentLog.ts';
import { type AgentAct, undoAct } from '../../memory/agentActs.ts';
import { say } from '../say.ts';
import type { Services } from '../services.ts';

/** Takes acts of agents back, the last one first, and keeps that in the log. */
export const undoActs = async ({ store, settings }: Services, acts: readonly AgentAct[]): Promise<void> => {
  const log = new AgentLog(settings.dataFolder);
  for (const act of [...acts].sort((a, b) => b.at - a.at)) {
    await undoAct(store, act);
    await log.markUndone(act);
  }
  say(acts.length === 1 ? vscode.l10n.t('Undone') : vscode.l10n.t('{0} changes undone', acts.length));
};
