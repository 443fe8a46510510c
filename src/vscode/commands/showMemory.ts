import * as vscode from 'vscode';
import { openMemory } from '../documents/memoryDocuments.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';

export async function showMemory(services: CommandServices, ...args: readonly unknown[]): Promise<void> {
  const [memory] = await targetMemories(services, args, { title: vscode.l10n.t('Show Memory') });
  if (memory) await openMemory(services, memory);
}
