import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ServiceDatabase, serviceDatabasePaths } from '../../../src/local/serviceDatabase.ts';
import { refusal } from '../support/testStore.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe("mcp-memory-service's own file", () => {
  const inFolder = temporaryFolder();
  const file = () => inFolder('.local/share/mcp-memory/sqlite_vec.db');
  const make = (columns = ', deleted_at REAL') => {
    mkdirSync(path.dirname(file()), { recursive: true });
    const database = new DatabaseSync(file());
    database.exec(`PRAGMA journal_mode = WAL; CREATE TABLE memories (id INTEGER PRIMARY KEY, content_hash TEXT, content TEXT,
      tags TEXT, memory_type TEXT, metadata TEXT, created_at REAL${columns})`);
    database.exec(`INSERT INTO memories (content_hash, content, tags, memory_type, metadata, created_at) VALUES
      ('a', 'first', 'one, two', 'note', '{"k": 1}', 1700000000.5), ('b', 'second', NULL, NULL, 'broken', NULL)`);
    return database;
  };

  it('is found in its usual place, and where the environment says', () => {
    assert.deepEqual(serviceDatabasePaths({}, inFolder()), []);
    make().close();
    assert.deepEqual(serviceDatabasePaths({}, inFolder()), [file()]);
    const told = inFolder('mine.db');
    writeFileSync(told, '');
    assert.deepEqual(serviceDatabasePaths({ MCP_MEMORY_SQLITE_PATH: told }, inFolder()), [told, file()]);
  });

  it('is counted and read a page at a time, while it is in use', () => {
    const inUse = make();
    inUse.exec("INSERT INTO memories (content, deleted_at) VALUES ('gone', 1)");
    const database = new ServiceDatabase(file());
    try {
      assert.equal(database.count(), 2);
      const { memories, last } = database.page(0, 1);
      assert.deepEqual(memories, [
        {
          content: 'first',
          tags: ['one', ' two'],
          memoryType: 'note',
          metadata: { k: 1 },
          createdAt: 1700000000.5,
          source: { client: 'mcp-memory-service' },
        },
      ]);
      const next = database.page(last, 10);
      assert.deepEqual(next.memories, [
        { content: 'second', tags: [], metadata: {}, source: { client: 'mcp-memory-service' } },
      ]);
      assert.deepEqual(database.page(next.last, 10).memories, []);
    } finally {
      database.close();
      inUse.close();
    }
  });

  it('of an older version has no deleted memories', () => {
    make('').close();
    const database = new ServiceDatabase(file());
    assert.equal(database.count(), 2);
    database.close();
  });

  it('that is none is refused with its name', () => {
    mkdirSync(path.dirname(file()), { recursive: true });
    writeFileSync(file(), 'no database at all, only a text that is long enough to be read as one');
    assert.throws(() => new ServiceDatabase(file()), refusal('storage-failed'));
    new DatabaseSync(inFolder('empty.db')).close();
    assert.throws(() => new ServiceDatabase(inFolder('empty.db')), refusal('storage-failed'));
  });
});
