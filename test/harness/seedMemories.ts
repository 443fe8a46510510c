import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { databaseIn } from '../../src/local/paths.ts';
import { openLocalStore } from '../../src/local/openLocalStore.ts';
import type { NewMemory } from '../../src/memory/memory.ts';
import { root } from './paths.ts';

/** Stores memories in the embedded store below a HOME, beside a VS Code that may run on it; `embed`: with their vectors. */
export async function seedMemories(
  home: string,
  memories: readonly NewMemory[],
  { embed = false }: { readonly embed?: boolean } = {},
): Promise<void> {
  const database = databaseIn(path.join(home, '.edge-memory'));
  mkdirSync(path.dirname(database), { recursive: true, mode: 0o700 });
  const store = await openLocalStore({
    database,
    weightsDirectory: path.join(root, 'dist/use-lite'),
    background: false,
  });
  try {
    await store.storeMany(memories);
    if (embed) await store.embedPending();
  } finally {
    await store.close();
  }
}
