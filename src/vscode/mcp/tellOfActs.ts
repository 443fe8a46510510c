import * as vscode from 'vscode';
import type { AgentAct } from '../../memory/agentActs.ts';
import { oneLine } from '../plainText.ts';
import { say } from '../say.ts';
import type { Services } from '../services.ts';
import { SECTION } from '../settings.ts';
import { sentenceOf } from './actText.ts';
import type { AgentNotice } from './agentSettings.ts';
import { undoActs } from './undoActs.ts';

/** One notice of what agents did in one go, with the way back. */
export const tellOfActs = async (
  services: Services,
  acts: readonly AgentAct[],
  way: Exclude<AgentNotice, 'off'>,
): Promise<void> => {
  const [first] = acts;
  if (first === undefined) return;
  const message = acts.length === 1 ? await sentence(services, first) : summary(acts);
  if (way === 'statusBar') {
    say(message);
    return;
  }
  const undo = acts.length === 1 ? vscode.l10n.t('Undo') : vscode.l10n.t('Undo All');
  const [show, mute] = [vscode.l10n.t('Show Activity'), vscode.l10n.t('Mute')];
  // A text that was there already is stored again without a change.
  const offered = acts.some((act) => act.undo.length > 0) ? [undo, show, mute] : [show, mute];
  const chosen = await vscode.window.showInformationMessage(message, ...offered);
  if (chosen === undo) await undoActs(services, acts);
  else if (chosen === show) await vscode.commands.executeCommand('edgeMemory.showAgentActivity');
  else if (chosen === mute) await muteNotices();
};

const sentence = async ({ store }: Services, act: AgentAct): Promise<string> => {
  const memories = await store.get(act.hashes.slice(0, 2));
  return sentenceOf(act, new Map(memories.map((memory) => [memory.contentHash, memory])));
};

const summary = (acts: readonly AgentAct[]): string => {
  const clients = [...new Set(acts.map(({ client }) => oneLine(client, 60)))].join(', ');
  return acts.every(({ kind }) => kind === 'stored')
    ? vscode.l10n.t('{0} stored {1} memories.', clients, acts.flatMap(({ hashes }) => hashes).length)
    : vscode.l10n.t('{0} made {1} changes to the memories.', clients, acts.length);
};

const muteNotices = async (): Promise<void> => {
  const settings = vscode.workspace.getConfiguration(SECTION);
  await settings.update('agents.notice', 'off', vscode.ConfigurationTarget.Global);
  say(vscode.l10n.t('Muted: Show Agent Activity lists what agents do'));
};
