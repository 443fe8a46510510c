import * as vscode from 'vscode';
import { labelOf } from '../memoryText.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';

export const openSearch = ({ search }: CommandServices): Promise<void> => search.focus();

export const openSearchInEditor = ({ search }: CommandServices): Promise<void> => search.openInEditor();

/** Shows what is like a memory, by meaning. */
export async function findSimilar(services: CommandServices, ...args: readonly unknown[]): Promise<void> {
  const [memory] = await targetMemories(services, args, { title: vscode.l10n.t('Find Similar') });
  if (memory) await services.search.showSimilar(memory.contentHash, labelOf(memory));
}
