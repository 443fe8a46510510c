import { MemoryEngine } from '../../../src/memory/memoryEngine.ts';
import type { EngineSettings } from '../../../src/memory/writeContext.ts';
import type { Embedder } from '../../../src/memory/ports.ts';
import { SqliteObjectStore } from '../../../src/local/sqliteObjectStore.ts';
import { SqliteVectorIndex } from '../../../src/local/sqliteVectorIndex.ts';
import { type OpenFile, openStoreFile } from '../../../src/local/storeFile.ts';

/** The parts of which `openLocalStore` makes a store, for tests of one of them. */
export const engineOn = (
  file: string,
  embedder: Embedder,
  settings: Partial<EngineSettings> = {},
): OpenFile & { readonly engine: MemoryEngine; readonly close: () => void } => {
  const open = openStoreFile(file);
  const { database, lock } = open;
  const engine = new MemoryEngine(
    {
      sql: database,
      vectors: new SqliteVectorIndex(database, embedder.model),
      objects: new SqliteObjectStore(database),
      embedder,
    },
    { largeContentBytes: 1024 * 1024, ...settings },
  );
  return {
    ...open,
    engine,
    close: () => {
      database.close();
      lock.close();
    },
  };
};
