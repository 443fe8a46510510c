import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqliteObjectStore } from '../../../src/local/sqliteObjectStore.ts';
import { SqliteVectorIndex } from '../../../src/local/sqliteVectorIndex.ts';
import { type OpenFile, openStoreFile } from '../../../src/local/storeFile.ts';
import { MemoryEngine } from '../../../src/memory/memoryEngine.ts';
import type { SqlDatabase, SqlStatement } from '../../../src/memory/ports.ts';
import { bagOfWords } from '../support/bagOfWords.ts';

/** Of the rows that are answered; the few tags of each row are sorted too. */
const SORT = /^USE TEMP B-TREE.*ORDER BY/m;

describe('the plans of SQLite', () => {
  let folder: string;
  let open: OpenFile;
  let engine: MemoryEngine;
  let statements: SqlStatement[] = [];

  /** How SQLite answers each statement of a call: its steps, and those of subqueries in `(…)`, one a line. */
  const plansOf = async (call: () => Promise<unknown>): Promise<string[]> => {
    statements = [];
    await call();
    return statements.map(({ sql, params = [] }) =>
      open.database
        .all(`EXPLAIN QUERY PLAN ${sql}`, ...params)
        .map((row) => (row['parent'] === 0 ? String(row['detail']) : `(${String(row['detail'])})`))
        .join('\n'),
    );
  };

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'edge-memory-plans-'));
    open = openStoreFile(path.join(folder, 'memory.db'));
    const { database } = open;
    const recorded: SqlDatabase = {
      features: database.features,
      read: (read, options) => {
        statements.push(...read);
        return database.read(read, options);
      },
      write: (written, options) => {
        statements.push(...written);
        return database.write(written, options);
      },
    };
    const embedder = bagOfWords();
    engine = new MemoryEngine(
      {
        sql: recorded,
        vectors: new SqliteVectorIndex(database, embedder.model),
        objects: new SqliteObjectStore(database),
        embedder,
      },
      { largeContentBytes: 1_048_576 },
    );
    await engine.storeMany(
      Array.from({ length: 3000 }, (_, i) => ({
        content: `memory ${i}`,
        tags: [`t${i % 40}`, 'all'],
        memoryType: i % 3 ? 'note' : 'decision',
      })),
    );
    database.exec(`INSERT INTO em_lineage SELECT content_hash, 'by ' || content_hash, 'edited', 0 FROM memories;
      INSERT INTO em_info (content_hash, pinned) SELECT content_hash, 0 FROM memories;
      INSERT INTO memory_graph (source_hash, target_hash, similarity, connection_types, created_at)
        SELECT content_hash, 'by ' || content_hash, 1, '[]', 0 FROM memories`);
  });

  after(() => {
    open.database.close();
    open.lock.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a planner could be misled by, one after the other. */
  const misleading: Record<string, string> = {
    'in a new database': 'SELECT 1',
    'with statistics': 'ANALYZE',
    'with the indexes of mcp-memory-service': `CREATE INDEX idx_memories_content_hash ON memories(content_hash);
      CREATE INDEX idx_memories_vector_id ON memories(vector_id);
      CREATE INDEX idx_memories_deleted_at ON memories(deleted_at);
      CREATE INDEX idx_tags_name ON tags(name)`,
    'with its indexes and statistics': 'ANALYZE',
    'with its indexes and without statistics': 'DELETE FROM sqlite_stat1; ANALYZE sqlite_schema',
  };
  for (const [name, change] of Object.entries(misleading))
    describe(name, () => {
      before(() => open.database.exec(change));

      it('read a page of the newest from the index on their time, without sorting', async () => {
        const { next } = await engine.list({ limit: 50 });
        for (const after of [undefined, next])
          for (const order of ['newest', 'oldest'] as const) {
            const [plan = ''] = await plansOf(() => engine.list({ limit: 50, after, order }));
            assert.match(plan, /(SCAN|SEARCH) m USING INDEX idx_memories_created_at/);
            assert.doesNotMatch(plan, SORT);
            assert.doesNotMatch(plan, /^SCAN m$|memories_deleted/m);
          }
      });

      it('read a page of a time range from that index', async () => {
        const [plan = ''] = await plansOf(() => engine.list({ filter: { time: { from: 1, to: 5e9 } } }));
        assert.match(
          plan,
          /SEARCH m USING INDEX idx_memories_created_at \(created_at>\? AND created_at<\?\)/,
        );
        assert.doesNotMatch(plan, SORT);
      });

      it('read a page of a type from the index on types, without sorting', async () => {
        const [plan = ''] = await plansOf(() => engine.list({ filter: { memoryType: 'note' } }));
        assert.match(plan, /SEARCH m USING INDEX em_memories_type \(memory_type=\?\)/);
        assert.doesNotMatch(plan, SORT);
      });

      it('read the deleted ones from their own small index', async () => {
        const [plan = ''] = await plansOf(() => engine.count({ state: 'deleted' }));
        assert.match(plan, /USING (COVERING )?INDEX (em_memories_deleted|idx_memories_deleted_at)/);
      });

      it('find a memory by its hash, and its tags by theirs', async () => {
        const { contentHash } = await engine.store({ content: 'one' });
        const [plan = ''] = await plansOf(() => engine.get([contentHash]));
        assert.match(
          plan,
          /SEARCH m USING INDEX (sqlite_autoindex_memories_1|idx_memories_content_hash) \(content_hash=\?\)/,
        );
        assert.doesNotMatch(plan, /SCAN (m|mt|t|i)\b/);
      });

      it('find the beginning of a hash in the index on hashes', async () => {
        const [plan = ''] = await plansOf(() => engine.resolve('abcd'));
        assert.match(
          plan,
          /SEARCH memories USING COVERING INDEX (sqlite_autoindex_memories_1|idx_memories_content_hash) \(content_hash>\? AND content_hash<\?\)/,
        );
      });

      it('count tags from one index alone, not from the memories', async () => {
        const [plan = ''] = await plansOf(() => engine.facets('tags'));
        assert.match(plan, /SEARCH mt USING COVERING INDEX em_memory_tags_tag \(tag_id=\?\)/);
        assert.match(plan, /SEARCH m USING (COVERING )?INDEX (em_memories_deleted|idx_memories_deleted_at)/);
        assert.doesNotMatch(plan, /SCAN (m|memories|mt)\b/);
      });

      it('count the memories of days from the index on their time alone', async () => {
        const [nearest = '', slots = ''] = await plansOf(() => engine.days({ limit: 10 }));
        assert.match(nearest, /(SCAN|SEARCH) m USING INDEX idx_memories_created_at/);
        assert.doesNotMatch(nearest, SORT);
        assert.match(slots, /SEARCH m USING COVERING INDEX idx_memories_created_at/);
      });

      it('count the levels of tags from the index on tags, not from the memories', async () => {
        const [plan = ''] = await plansOf(() => engine.tagTree());
        assert.match(plan, /SEARCH mt USING COVERING INDEX em_memory_tags_tag \(tag_id=\?\)/);
        assert.doesNotMatch(plan, /SCAN (m|memories|mt)\b/);
      });

      it('sort only ids for a page of a tag, a project or what is pinned', async () => {
        for (const filter of [{ tags: ['t1'] }, { project: 'one' }, { pinned: true }]) {
          const [plan = ''] = await plansOf(() => engine.list({ limit: 50, filter }));
          assert.match(plan, /\(USE TEMP B-TREE FOR ORDER BY\)/);
          assert.match(plan, /SEARCH m USING INTEGER PRIMARY KEY \(rowid=\?\)/);
        }
      });

      it('read the first tags and projects by their name, without counting the others', async () => {
        for (const kind of ['tags', 'projects'] as const) {
          const [plan = ''] = await plansOf(() => engine.facets(kind, { limit: 1, order: 'name' }));
          assert.match(plan, /(SCAN|SEARCH) t USING COVERING INDEX (sqlite_autoindex_tags_1|idx_tags_name)/);
          assert.match(plan, /\(SEARCH mt USING COVERING INDEX em_memory_tags_tag \(tag_id=\?\)\)/);
          assert.doesNotMatch(plan, SORT);
        }
      });

      it('count types from the index on types', async () => {
        const [plan = ''] = await plansOf(() => engine.facets('types'));
        assert.match(plan, /SEARCH m USING (COVERING )?INDEX em_memories_type/);
      });

      it('draw the overview from indexes; only the sizes go through the memories', async () => {
        const plans = await plansOf(() => engine.overview({ utcOffset: 3600, recentSince: 1e9 }));
        assert.equal(plans.filter((plan) => /SCAN (m|memories)$/m.test(plan)).length, 1);
        const [days = ''] = plans.filter((plan) => plan.includes('COMPOUND QUERY'));
        assert.match(days, /SCAN memories USING COVERING INDEX idx_memories_created_at/);
        assert.match(days, /USING (COVERING )?INDEX (em_memories_deleted|idx_memories_deleted_at)/);
      });

      it('start a filter by tags from the tags', async () => {
        const [plan = ''] = await plansOf(() => engine.count({ tags: ['t1', 't2'], tagMatch: 'all' }));
        assert.match(plan, /SEARCH mt USING COVERING INDEX em_memory_tags_tag \(tag_id=\?\)/);
        assert.doesNotMatch(plan, /SCAN (t|mt)\b/);
      });

      it('find the memories of a file by the index on paths', async () => {
        const [plan = ''] = await plansOf(() => engine.list({ filter: { sourcePath: 'src/a.ts' } }));
        assert.match(plan, /SEARCH em_info USING (COVERING )?INDEX em_info_source_path \(<expr>=\?\)/);
        assert.doesNotMatch(plan, /SCAN (m|em_info)\b/);
      });

      it('go through a full-text index, never through the memories, for a search by keyword', async () => {
        const plans = await plansOf(() =>
          engine.search({ query: 'memory note', mode: 'keyword', filter: { tags: ['t1'] } }),
        );
        assert.ok(plans.some((plan) => plan.includes('VIRTUAL TABLE INDEX')));
        for (const plan of plans) assert.doesNotMatch(plan, /SCAN m\b/);
      });

      it('change and delete by hash, without reading the other memories', async () => {
        const { contentHash } = await engine.store({ content: 'another' });
        const { contentHash: target } = await engine.store({ content: 'target' });
        const calls = [
          () => engine.store({ content: 'third', tags: ['x'], supersedes: contentHash, pinned: true }),
          () => engine.update(contentHash, { addTags: ['x'], pinned: true, metadata: { a: 1 } }),
          () => engine.link({ source: contentHash, target }),
          () => engine.related(contentHash, 3),
          () => engine.history(contentHash),
          () => engine.retag([{ contentHash, add: ['y'], remove: ['x'] }]),
          () => engine.delete([contentHash]),
          () => engine.restore([contentHash]),
        ];
        for (const call of calls)
          for (const plan of await plansOf(call))
            assert.doesNotMatch(plan, /SCAN (memories|m|mt|memory_tags|em_info|memory_graph|em_lineage)\b/);
      });
    });
});
