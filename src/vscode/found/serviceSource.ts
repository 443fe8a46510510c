import { ServiceDatabase, serviceDatabasePaths } from '../../local/serviceDatabase.ts';
import type { NewMemory } from '../../memory/memory.ts';
import { homePath } from '../homePath.ts';
import type { FoundSource } from './sources.ts';

const BATCH = 200;
const EXAMPLES = 3;

/** The files of mcp-memory-service in their usual places. */
export const serviceSources = (): FoundSource[] =>
  serviceDatabasePaths().flatMap((file) => {
    const [count, examples] = withDatabase(file, (database) => [
      database.count(),
      database.page(0, EXAMPLES).memories,
    ]);
    if (count === 0) return [];
    return [
      {
        name: 'mcp-memory-service',
        place: homePath(file),
        icon: 'database',
        count,
        examples,
        batches: () => batchesOf(file),
      },
    ];
  });

function* batchesOf(file: string): Generator<readonly NewMemory[]> {
  for (let after = 0; ;) {
    const { memories, last } = withDatabase(file, (database) => database.page(after, BATCH));
    if (memories.length === 0) return;
    yield memories;
    after = last;
  }
}

const withDatabase = <T>(file: string, read: (database: ServiceDatabase) => T): T => {
  const database = new ServiceDatabase(file);
  try {
    return read(database);
  } finally {
    database.close();
  }
};
