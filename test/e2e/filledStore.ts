import path from 'node:path';
import { openLocalStore } from '../../src/local/openLocalStore.ts';
import { databaseIn } from '../../src/local/paths.ts';
import type { NewMemory } from '../../src/memory/memory.ts';
import { root } from '../harness/paths.ts';

/** Stores memories as another program of the person's would, with their vectors; the window sees them soon. */
export async function fillStore(home: string, memories: readonly NewMemory[]): Promise<void> {
  const store = await openLocalStore({
    database: databaseIn(path.join(home, '.edge-memory')),
    weightsDirectory: path.join(root, 'dist/use-lite'),
    background: false,
  });
  try {
    await store.storeMany(memories);
    await store.embedPending();
  } finally {
    await store.close();
  }
}
