import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { contentHashOf } from '../../src/memory/contentHash.ts';
import { databaseIn } from '../../src/local/paths.ts';
import type { LocalStore } from '../../src/local/localStore.ts';
import { openLocalStore } from '../../src/local/openLocalStore.ts';
import type { NewMemory } from '../../src/memory/memory.ts';
import { root } from './paths.ts';

/** Works with the embedded store below a HOME, beside a VS Code that may run on it. */
export async function withStore<T>(home: string, work: (store: LocalStore) => Promise<T>): Promise<T> {
  const database = databaseIn(path.join(home, '.edge-memory'));
  mkdirSync(path.dirname(database), { recursive: true, mode: 0o700 });
  const store = await openLocalStore({
    database,
    weightsDirectory: path.join(root, 'dist/use-lite'),
    background: false,
  });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Stores memories; `embed`: with their vectors. */
export const seedMemories = (
  home: string,
  memories: readonly NewMemory[],
  { embed = false }: { readonly embed?: boolean } = {},
): Promise<void> =>
  withStore(home, async (store) => {
    await store.storeMany(memories);
    if (embed) await store.embedPending();
  });

/** Gives a memory that is stored more tags than the extension itself would take, as another program may have. */
export function seedTags(home: string, content: string, tags: readonly string[]): void {
  const database = new DatabaseSync(databaseIn(path.join(home, '.edge-memory')));
  try {
    database.exec('PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE');
    const names = JSON.stringify(tags);
    database.prepare('INSERT OR IGNORE INTO tags (name) SELECT value FROM json_each(?)').run(names);
    database
      .prepare(
        `INSERT OR IGNORE INTO memory_tags (memory_id, tag_id) SELECT m.id, t.id FROM json_each(?) j
         JOIN tags t ON t.name = j.value CROSS JOIN memories m WHERE m.content_hash = ?`,
      )
      .run(names, contentHashOf(content));
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

/** A store without a table can't be read. */
export function renameTable(home: string, from: string, to: string): void {
  const database = new DatabaseSync(databaseIn(path.join(home, '.edge-memory')));
  try {
    database.exec(
      `PRAGMA busy_timeout = 10000; PRAGMA legacy_alter_table = 1; ALTER TABLE ${from} RENAME TO ${to}`,
    );
  } finally {
    database.close();
  }
}
