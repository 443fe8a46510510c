import * as vscode from 'vscode';
import type { AgentAct } from '../../memory/agentActs.ts';
import type { Memory } from '../../memory/memory.ts';
import { quoted } from '../memoryText.ts';
import { oneLine } from '../plainText.ts';

/** What an act was about: the memory's first words, or how many they are. */
export const subjectOf = ({ hashes }: AgentAct, memories: ReadonlyMap<string, Memory>): string => {
  if (hashes.length > 2) return vscode.l10n.t('{0} memories', hashes.length);
  const known = hashes.map((hash) => memories.get(hash));
  return known
    .map((memory) => (memory ? quoted(memory) : vscode.l10n.t('a memory that is gone')))
    .join(' – ');
};

/** What an agent did, in one sentence. */
export const sentenceOf = (act: AgentAct, memories: ReadonlyMap<string, Memory>): string => {
  const [who, what] = [oneLine(act.client, 60), subjectOf(act, memories)];
  switch (act.kind) {
    case 'stored':
      return vscode.l10n.t('{0} stored {1}.', who, what);
    case 'updated':
      return vscode.l10n.t('{0} changed {1}.', who, what);
    case 'deleted':
      return vscode.l10n.t('{0} deleted {1}.', who, what);
    case 'linked':
      return vscode.l10n.t('{0} linked {1}.', who, what);
    case 'unlinked':
      return vscode.l10n.t('{0} unlinked {1}.', who, what);
  }
};
