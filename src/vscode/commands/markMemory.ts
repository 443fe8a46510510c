import * as vscode from 'vscode';
import type { Memory, MemoryPatch } from '../../memory/memory.ts';
import { say } from '../say.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';

type Args = readonly unknown[];

export const pinMemory = (services: CommandServices, ...args: Args): Promise<Memory[]> =>
  mark(services, args, vscode.l10n.t('Pin Memory'), { pinned: true }, vscode.l10n.t('Pinned'));

export const unpinMemory = (services: CommandServices, ...args: Args): Promise<Memory[]> =>
  mark(services, args, vscode.l10n.t('Unpin Memory'), { pinned: false }, vscode.l10n.t('Unpinned'));

export const keepLocal = (services: CommandServices, ...args: Args): Promise<Memory[]> =>
  mark(
    services,
    args,
    vscode.l10n.t('Keep on This Machine'),
    { localOnly: true },
    vscode.l10n.t('Stays on this machine'),
  );

export const endKeepLocal = (services: CommandServices, ...args: Args): Promise<Memory[]> =>
  mark(
    services,
    args,
    vscode.l10n.t('Stop Keeping on This Machine'),
    { localOnly: false },
    vscode.l10n.t('May leave this machine'),
  );

async function mark(
  services: CommandServices,
  args: Args,
  title: string,
  patch: MemoryPatch,
  done: string,
): Promise<Memory[]> {
  const memories = await targetMemories(services, args, { title });
  const updated = await Promise.all(
    memories.map(({ contentHash }) => services.store.update(contentHash, patch)),
  );
  if (updated.length > 0) say(done);
  return updated;
}
