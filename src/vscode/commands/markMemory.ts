import * as vscode from 'vscode';
import type { Memory, MemoryFilter, MemoryPatch } from '../../memory/memory.ts';
import { say } from '../say.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';

type Args = readonly unknown[];

export const pinMemory = (services: CommandServices, ...args: Args): Promise<Memory[]> =>
  mark(services, args, {
    title: vscode.l10n.t('Pin Memory'),
    filter: { pinned: false },
    patch: { pinned: true },
    done: vscode.l10n.t('Pinned'),
  });

export const unpinMemory = (services: CommandServices, ...args: Args): Promise<Memory[]> =>
  mark(services, args, {
    title: vscode.l10n.t('Unpin Memory'),
    filter: { pinned: true },
    patch: { pinned: false },
    done: vscode.l10n.t('Unpinned'),
  });

export const keepLocal = (services: CommandServices, ...args: Args): Promise<Memory[]> =>
  mark(services, args, {
    title: vscode.l10n.t('Keep on This Machine'),
    filter: { localOnly: false },
    patch: { localOnly: true },
    done: vscode.l10n.t('Stays on this machine'),
  });

export const endKeepLocal = (services: CommandServices, ...args: Args): Promise<Memory[]> =>
  mark(services, args, {
    title: vscode.l10n.t('Stop Keeping on This Machine'),
    filter: { localOnly: true },
    patch: { localOnly: false },
    done: vscode.l10n.t('May leave this machine'),
  });

interface Marking {
  readonly title: string;
  /** Those that have no such mark yet, where a person picks one. */
  readonly filter?: MemoryFilter;
  readonly patch: MemoryPatch;
  readonly done: string;
}

async function mark(
  services: CommandServices,
  args: Args,
  { title, filter, patch, done }: Marking,
): Promise<Memory[]> {
  const memories = await targetMemories(services, args, { title, filter });
  const updated = await Promise.all(
    memories.map(({ contentHash }) => services.store.update(contentHash, patch)),
  );
  if (updated.length > 0) say(done);
  return updated;
}
