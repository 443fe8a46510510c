import * as vscode from 'vscode';
import type { MemoryFilter } from '../../memory/memory.ts';
import type { SearchFor } from '../../shared/overviewProtocol.ts';
import { openMemory } from '../documents/memoryDocuments.ts';
import { oneLine } from '../plainText.ts';
import { pickMemory } from '../search/memoryPick.ts';
import type { CommandServices } from './registerCommands.ts';

/** Searches among the memories of a tag, type, project or time. */
export async function searchFor(services: CommandServices, what: unknown): Promise<void> {
  const { tag, type, project, from, to } = (what ?? {}) as SearchFor;
  const name = tag ?? type ?? project ?? (from === to ? from : `${from ?? ''} – ${to ?? ''}`);
  const filter: MemoryFilter = {
    tags: tag === undefined ? undefined : [tag],
    memoryType: type,
    project,
    time: from === undefined && to === undefined ? undefined : { from: startOf(from), to: startOf(to, 1) },
  };
  const title = vscode.l10n.t('Search Memories: {0}', oneLine(name ?? '', 60));
  const picked = await pickMemory(services, { title, filter });
  if (picked) await openMemory(services, picked);
}

/** The first second of an ISO day, or of one so many days later, where the person is. */
const startOf = (day: string | undefined, later = 0): number | undefined => {
  if (day === undefined) return undefined;
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).getTime() / 1000;
};
