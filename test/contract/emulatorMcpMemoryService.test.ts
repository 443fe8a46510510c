import assert from 'node:assert/strict';
import type { Emulator } from '../emulator/emulator.ts';
import { startEmulator } from '../emulator/emulator.ts';
import { createDatabase, createIndex, get, rowsOf } from './emulatorRequests.ts';
import { McpMemoryService } from './mcpMemoryService.ts';

describe("mcp-memory-service's requests on the emulator", () => {
  let emulator: Emulator;
  let database: string;
  let service: McpMemoryService;

  before(async () => {
    emulator = await startEmulator({ limits: { requestsPerWindow: Infinity, requestsPerSecond: Infinity } });
    database = await createDatabase(emulator, 'mcp-memory-db');
    const index = await createIndex(emulator, 'mcp-memory-index', 768);
    await get(emulator, 'POST', '/r2/buckets', { name: 'mcp-memory-content' });
    service = new McpMemoryService(emulator, { database, index, bucket: '/r2/buckets/mcp-memory-content' });
    await service.initialize();
    await service.initialize();
  });
  after(() => emulator.close());

  it('store a memory with three tags one request after another, and find it by meaning, tag and text', async () => {
    const content = 'We decided to keep user sessions in Postgres';
    const stored = await emulator.log.during(() =>
      service.store({ content, tags: ['db', 'decision', 'sessions'], metadata: { source: 'meeting' } }),
    );
    assert.equal(stored.requests, 4 + 2 * 3);
    assert.equal(stored.roundTrips, stored.requests);
    await service.store({ content: 'The lemon cake needs poppy seeds', tags: ['kitchen'] });

    const [byMeaning] = await service.retrieve('where do user sessions live?', 1);
    assert.deepEqual(byMeaning, {
      contentHash: stored.value,
      content,
      tags: ['db', 'decision', 'sessions'],
      metadata: { source: 'meeting' },
    });
    assert.deepEqual((await service.searchByTags(['db', 'kitchen'])).length, 2);
    assert.deepEqual((await service.searchByTags(['db', 'decision'], 'all'))[0]?.contentHash, stored.value);
    assert.deepEqual((await service.searchByText('SESSIONS in'))[0]?.contentHash, stored.value);
    const [row] = await rowsOf(
      emulator,
      database,
      'SELECT typeof(created_at) AS at, typeof(content_size) AS size FROM memories',
    );
    assert.deepEqual(row, { at: 'real', size: 'integer' });
  });

  it('count each access in metadata_json', async () => {
    const hash = await service.store({ content: 'accessed twice', tags: [] });
    for (let i = 0; i < 2; i++) await service.retrieve('accessed twice', 1);
    assert.deepEqual(
      await rowsOf(emulator, database, 'SELECT metadata_json FROM memories WHERE content_hash = ?', hash),
      [{ metadata_json: '{"access_count":2}' }],
    );
  });

  it('delete softly, and store the same content again', async () => {
    const content = 'a memory that comes back';
    const hash = await service.store({ content, tags: ['first'] });
    await service.delete(hash);
    assert.ok(!(await service.list(100)).some(({ contentHash }) => contentHash === hash));
    assert.ok(!(await service.retrieve(content, 100)).some(({ contentHash }) => contentHash === hash));
    await service.store({ content, tags: ['second'] });
    const [again] = await service.retrieve(content, 1);
    assert.deepEqual([again?.contentHash, again?.tags], [hash, ['second']]);
    assert.equal((await service.tagCounts())['first'], 0);
  });

  it('update metadata, and tags in the links only', async () => {
    const hash = await service.store({ content: 'to be updated', tags: ['old'] });
    await service.updateMetadata(hash, { rating: 1 });
    await service.updateTags(hash, ['new', 'newer']);
    const [memory] = await service.searchByText('to be updated');
    assert.deepEqual([memory?.tags, memory?.metadata], [['new', 'newer'], { rating: 1 }]);
    assert.deepEqual(
      await rowsOf(emulator, database, 'SELECT tags FROM memories WHERE content_hash = ?', hash),
      [{ tags: 'old' }],
    );
  });

  it('page with LIMIT and OFFSET bound as REAL', async () => {
    const all = await service.list(100);
    assert.deepEqual(await service.list(2, 1), all.slice(1, 3));
  });

  it('keep content over 1 MiB in R2 and read it back', async () => {
    const content = 'a long text '.repeat(100_000);
    const hash = await service.store({ content, tags: ['long'] });
    assert.deepEqual(
      await rowsOf(emulator, database, 'SELECT content, r2_key FROM memories WHERE content_hash = ?', hash),
      [{ content: `[R2 Content: content/${hash}.txt]`, r2_key: `content/${hash}.txt` }],
    );
    assert.equal((await service.searchByTags(['long']))[0]?.content, content);
    await service.delete(hash);
    const objects = await get<unknown[]>(emulator, 'GET', '/r2/buckets/mcp-memory-content/objects');
    assert.deepEqual(objects, []);
  });

  it('fail where D1 does: a text search of more than 50 bytes', async () => {
    await assert.rejects(service.searchByText('x'.repeat(49)), /LIKE or GLOB pattern too complex/);
    assert.deepEqual(await service.searchByText('x'.repeat(48)), []);
  });
});
