import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Emulator } from '../emulator/emulator.ts';
import { startEmulator } from '../emulator/emulator.ts';
import { get, rowsOf } from './emulatorRequests.ts';
import { Wrangler } from './wrangler.ts';

describe('wrangler on the emulator', function () {
  this.timeout(60_000);
  let emulator: Emulator;
  let wrangler: Wrangler;

  before(async () => {
    emulator = await startEmulator();
    wrangler = await Wrangler.create(emulator);
  });
  after(async () => {
    await wrangler.remove();
    await emulator.close();
  });

  it("sets everything up by the guide's lines", async () => {
    const [index, database, bucket] = await Promise.all([
      wrangler.run('vectorize', 'create', 'mcp-memory-index', '--dimensions=768', '--metric=cosine'),
      wrangler.run('d1', 'create', 'mcp-memory-db'),
      wrangler.run('r2', 'bucket', 'create', 'mcp-memory-content'),
    ]);
    assert.match(index, /Successfully created a new Vectorize index: 'mcp-memory-index'/);
    assert.match(database, /Successfully created DB 'mcp-memory-db'/);
    assert.match(bucket, /Created bucket 'mcp-memory-content'/);
    const { config } = await get<{ config: object }>(
      emulator,
      'GET',
      '/vectorize/v2/indexes/mcp-memory-index',
    );
    assert.deepEqual(config, { dimensions: 768, metric: 'cosine' });
    const { uuid } = await get<{ uuid: string }>(emulator, 'GET', '/d1/database/mcp-memory-db');
    assert.ok(database.includes(uuid));
  });

  it('runs SQL in D1, and gives its errors', async () => {
    const execute = (sql: string) =>
      wrangler.run('d1', 'execute', 'mcp-memory-db', '--remote', '--yes', '--json', '--command', sql);
    const printed = await execute(
      "CREATE TABLE t (a); INSERT INTO t VALUES ('from wrangler'); SELECT * FROM t",
    );
    const entries = JSON.parse(printed) as { results: unknown }[];
    assert.deepEqual(entries[2]?.results, [{ a: 'from wrangler' }]);
    assert.deepEqual(await rowsOf(emulator, '/d1/database/mcp-memory-db', 'SELECT * FROM t'), [
      { a: 'from wrangler' },
    ]);
    await assert.rejects(execute('SELECT * FROM missing'), /no such table: missing: SQLITE_ERROR.*7500/s);
  });

  it('puts and gets R2 objects with slashes in their keys', async () => {
    const [source, target] = [path.join(wrangler.folder, 'source'), path.join(wrangler.folder, 'target')];
    await writeFile(source, 'content é\n');
    await wrangler.run(
      'r2',
      'object',
      'put',
      'mcp-memory-content/content/a.txt',
      '--remote',
      '--file',
      source,
    );
    await wrangler.run(
      'r2',
      'object',
      'get',
      'mcp-memory-content/content/a.txt',
      '--remote',
      '--file',
      target,
    );
    assert.equal(await readFile(target, 'utf8'), 'content é\n');
  });

  it('inserts, queries and lists vectors', async () => {
    const file = path.join(wrangler.folder, 'vectors.ndjson');
    const values = (at: number) => Array.from({ length: 768 }, (_, i) => (i === at ? 1 : 0));
    const vectors = [0, 1].map((at) =>
      JSON.stringify({ id: `v${at}`, values: values(at), metadata: { at } }),
    );
    await writeFile(file, vectors.join('\n'));
    const inserted = await wrangler.run('vectorize', 'insert', 'mcp-memory-index', '--file', file);
    assert.match(inserted, /Successfully enqueued 2 vectors/);
    const [found, listed, got] = await Promise.all([
      wrangler.run('vectorize', 'query', 'mcp-memory-index', '--vector-id', 'v1', '--return-metadata', 'all'),
      wrangler.run('vectorize', 'list-vectors', 'mcp-memory-index', '--json'),
      wrangler.run('vectorize', 'get-vectors', 'mcp-memory-index', '--ids', 'v0'),
    ]);
    assert.match(found, /"id": "v1",\s+"score": 1,\s+"metadata": \{\s+"at": 1/);
    assert.deepEqual((JSON.parse(listed) as { vectors: unknown }).vectors, [{ id: 'v0' }, { id: 'v1' }]);
    assert.match(got, /"id": "v0"/);
  });

  it('says why when the name exists, or the token may not', async () => {
    const reader = await Wrangler.create(
      emulator,
      emulator.tokens.create({ permissions: ['D1 Read'] }).value,
    );
    const results = await Promise.allSettled([
      wrangler.run('vectorize', 'create', 'mcp-memory-index', '--dimensions=768', '--metric=cosine'),
      wrangler.run('d1', 'create', 'mcp-memory-db'),
      reader.run('d1', 'create', 'another'),
    ]);
    await reader.remove();
    const reasons = results.map((result) =>
      result.status === 'rejected' ? String(result.reason) : 'fulfilled',
    );
    assert.match(reasons[0] ?? '', /duplicate_name.*3002/s);
    assert.match(reasons[1] ?? '', /already exists/);
    assert.match(reasons[2] ?? '', /Authentication error.*10000/s);
  });
});
