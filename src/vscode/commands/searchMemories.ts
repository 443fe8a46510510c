import { openMemory } from '../documents/memoryDocuments.ts';
import { pickMemory } from '../search/memoryPick.ts';
import type { CommandServices } from './registerCommands.ts';

/** `query` is searched at once; without one the last query of this window waits, selected, to be overwritten. */
export async function searchMemories(services: CommandServices, query?: unknown): Promise<void> {
  const picked = await pickMemory(services, { query: typeof query === 'string' ? query : undefined });
  if (picked) await openMemory(services, picked);
}
