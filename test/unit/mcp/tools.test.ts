import assert from 'node:assert/strict';
import { contentHashOf } from '../../../src/memory/contentHash.ts';
import type { AgentStore } from '../../../src/mcp/agentStore.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import { useStore } from '../support/testStore.ts';
import { type ConnectedClient, useMcpClient } from './mcpClient.ts';

describe('the tools', () => {
  const memories = useStore();
  const connect = useMcpClient();
  const short = (content: string) => contentHashOf(content).slice(0, 16);

  it('store a memory with its tags, type, metadata, project and who stored it', async () => {
    const { call } = await connect(memories.store, {
      project: 'shop',
      repository: 'git@example.com:a/shop.git',
    });
    const content = 'Deploy with make ship';
    const { head } = await call('memory_store', {
      content,
      metadata: { tags: ['Deploy'], type: 'decision', ticket: 7 },
    });
    assert.deepEqual(head, { outcome: 'stored', hash: short(content), project: 'shop' });
    const memory = await memories.get(contentHashOf(content));
    assert.deepEqual(memory.tags.toSorted(), ['deploy', 'proj:shop']);
    assert.equal(memory.memoryType, 'decision');
    assert.deepEqual(memory.metadata, { ticket: 7 });
    assert.deepEqual(memory.source, { client: 'Test Agent 7.1', repository: 'git@example.com:a/shop.git' });
  });

  it('store what a client with an impossible name says', async () => {
    const { call } = await connect(
      memories.store,
      {},
      { name: `\u0000\ud800${'😀'.repeat(150)}`, version: '1' },
    );
    assert.equal((await call('memory_store', { content: 'kept' })).head['outcome'], 'stored');
  });

  it('find it again, and say its hash, age, tags, score and why', async () => {
    const { call } = await connect(memories.store);
    await call('memory_store', { content: 'Deploy with make ship', metadata: { tags: ['deploy'] } });
    await memories.store.embedPending();
    const { head, memories: found } = await call('memory_search', { query: 'deploy' });
    assert.equal(head['found'], 1);
    const [memory] = found;
    assert.equal(memory?.['hash'], short('Deploy with make ship'));
    assert.equal(memory['content'], 'Deploy with make ship');
    assert.deepEqual(memory['tags'], ['deploy']);
    assert.equal(memory['age'], 'now');
    assert.equal(memory['why'], 'words and meaning');
    assert.equal(memory['by'], 'Test Agent 7.1');
    assert.ok(Number(memory['score']) > 0);
  });

  it('find what there is where a type is left empty, as models fill in what they leave out', async () => {
    const { call } = await connect(memories.store);
    await memories.stored({ content: 'Deploy with make ship', memoryType: 'decision' });
    for (const [tool, args] of [
      ['memory_search', { query: 'deploy', memory_type: '', project: '' }],
      ['memory_list', { memory_type: '', project: '' }],
    ] as const)
      assert.equal((await call(tool, args)).memories.length, 1, tool);
    assert.ok((await call('memory_search', { query: '', memory_type: '' })).isError);
  });

  it('search by time and tags without a query, newest first', async () => {
    const at = (iso: string) => Date.parse(iso) / 1000;
    await memories.store.storeMany([
      { content: 'old', tags: ['a'], createdAt: at('2024-03-01T12:00:00Z') },
      { content: 'newer', tags: ['a'], createdAt: at('2024-03-03T12:00:00Z') },
      { content: 'other', tags: ['b'], createdAt: at('2024-03-02T12:00:00Z') },
    ]);
    const { call } = await connect(memories.store);
    const contents = async (args: Record<string, unknown>) =>
      (await call('memory_search', args)).memories.map(({ content }) => content);
    assert.deepEqual(await contents({ tags: ['a'] }), ['newer', 'old']);
    assert.deepEqual(await contents({ time_expr: '2024-03-02' }), ['other']);
    assert.deepEqual(await contents({ after: '2024-03-02', before: '2024-03-03' }), ['other']);
    assert.ok((await call('memory_search', {})).isError);
  });

  it('list by pages', async () => {
    await memories.store.storeMany(
      Array.from({ length: 25 }, (_, i) => ({ content: `memory ${i}`, createdAt: 1000 + i })),
    );
    const { call } = await connect(memories.store);
    const third = await call('memory_list', { page: 3, page_size: 10 });
    assert.deepEqual(
      third.memories.map(({ content }) => content),
      ['memory 4', 'memory 3', 'memory 2', 'memory 1', 'memory 0'],
    );
    assert.equal(third.head['total'], 25);
    assert.equal(third.head['next_page'], undefined);
    assert.equal((await call('memory_list', { page: 2, page_size: 10 })).head['next_page'], 3);
    assert.deepEqual((await call('memory_list', { page: 9, page_size: 10 })).memories, []);
  });

  /** Calls a tool again with what its answers say, to the end; the hashes that were shown. */
  const followed = async (
    call: ConnectedClient['call'],
    args: Record<string, unknown>,
  ): Promise<{ readonly hashes: unknown[]; readonly wholly: boolean }> => {
    const hashes: unknown[] = [];
    let wholly = true;
    for (let next: Record<string, unknown> | undefined = {}; next !== undefined;) {
      const { head, memories: shown, text, isError } = await call('memory_list', { ...args, ...next });
      assert.ok(!isError && shown.length > 0, text);
      hashes.push(...shown.map(({ hash }) => hash));
      wholly &&= shown.every((entry) => !('cut' in entry));
      const { next_page: page, next_cursor: cursor } = head;
      assert.ok(page === undefined || cursor === undefined, text);
      next = page !== undefined ? { page } : cursor !== undefined ? { cursor } : undefined;
    }
    return { hashes, wholly };
  };
  const newestFirst = async (): Promise<string[]> =>
    (await memories.store.list({ limit: 1000 })).items.map(({ contentHash }) => contentHash.slice(0, 16));

  it('list every memory to whoever follows what their answers say, and none twice', async () => {
    await memories.store.storeMany(
      Array.from({ length: 60 }, (_, i) => ({ content: `${i} `.padEnd(400, 'x'), createdAt: 1000 + i })),
    );
    const { call } = await connect(memories.store);
    const all = await newestFirst();
    for (const args of [{}, { page_size: 100 }, { page_size: 7 }, { max_response_chars: 700 }]) {
      const { hashes, wholly } = await followed(call, args);
      assert.deepEqual(hashes, all, JSON.stringify(args));
      assert.ok(wholly || 'max_response_chars' in args);
    }
  });

  it('list large ones among small ones, and those that no answer has room for, by their hash at least', async () => {
    const tags = Array.from({ length: 100 }, (_, i) => `${i} ${'t'.repeat(90)}`);
    await memories.store.storeMany(
      Array.from({ length: 12 }, (_, i) => ({
        content: `${i} ${'y'.repeat(i % 3 === 0 ? 20_000 : 300)}`,
        createdAt: 1000 + i,
        ...(i % 4 === 1 && { tags }),
      })),
    );
    const { call } = await connect(memories.store);
    const all = await newestFirst();
    for (const args of [{}, { max_response_chars: 500 }])
      assert.deepEqual((await followed(call, args)).hashes, all);
  });

  it('list by time too, where a search without a query says that there are more', async () => {
    const at = Date.parse('2024-03-02T12:00:00Z') / 1000;
    await memories.store.storeMany(
      Array.from({ length: 30 }, (_, i) => ({ content: `of that day ${i}`, createdAt: at + i })),
    );
    await memories.store.store({ content: 'of another day' });
    const { call } = await connect(memories.store);
    const { head } = await call('memory_search', { time_expr: '2024-03-02' });
    assert.match(String(head['more']), /^memory_list with the same filters/);
    assert.equal((await followed(call, { time_expr: '2024-03-02' })).hashes.length, 30);
  });

  it('say of what a search left out what shows it', async () => {
    await memories.store.storeMany(
      Array.from({ length: 20 }, (_, i) => ({ content: `needle ${i} `.padEnd(900, 'z') })),
    );
    const { call } = await connect(memories.store);
    const query = { query: 'needle', mode: 'keyword', limit: 20 };
    const { head } = await call('memory_search', query);
    assert.ok(Number(head['left_out']) > 0);
    assert.equal(head['to_get_them'], 'a higher max_response_chars');
    assert.equal((await call('memory_search', { ...query, max_response_chars: 40_000 })).memories.length, 20);
  });

  it('show one long memory whole, part by part', async () => {
    const content = Array.from({ length: 3000 }, (_, i) => `line ${i}`).join('\n');
    const { contentHash } = await memories.store.store({ content });
    const { call } = await connect(memories.store);
    let read = '';
    for (let offset: unknown = 0; offset !== undefined;) {
      const {
        head,
        memories: found,
        text,
      } = await call('memory_list', { content_hash: contentHash.slice(0, 12), offset });
      assert.ok(text.length <= 8000, `${text.length} characters`);
      read += String(found[0]?.['content']);
      offset = head['next_offset'];
    }
    assert.equal(read, content);
  });

  it('show what they can of a memory in little room, and end', async () => {
    const tags = Array.from({ length: 100 }, (_, i) => `${i} ${'t'.repeat(90)}`);
    const metadata = { big: 'x'.repeat(100_000) };
    const [plain, heavy] = await memories.store.storeMany([
      { content: '\u0007"\\'.repeat(5000), metadata },
      { content: 'x'.repeat(5000), tags },
    ]);
    const { call } = await connect(memories.store);
    const small = { max_response_chars: 600 };
    const shown = await call('memory_list', { content_hash: plain?.contentHash, ...small });
    assert.ok(shown.text.length <= 600 && Number(shown.head['next_offset']) > 0, shown.text);
    const refused = await call('memory_list', { content_hash: heavy?.contentHash, ...small });
    assert.match(refused.text, /higher max_response_chars/);
    const searched = await call('memory_search', { query: 'x'.repeat(5000), mode: 'exact', ...small });
    assert.equal(searched.head['left_out'], 1);
    assert.ok(searched.text.length <= 600);
  });

  it('update tags and keep the project; new content keeps the old one in its history', async () => {
    const { contentHash } = await memories.store.store({
      content: 'Deploy on Friday',
      tags: ['a', 'b'],
      project: 'shop',
    });
    const { call } = await connect(memories.store);
    const { head } = await call('memory_update', {
      content_hash: contentHash.slice(0, 8),
      updates: { tags: ['c'] },
    });
    assert.deepEqual((head['tags'] as string[]).toSorted(), ['c', 'proj:shop']);
    const edited = await call('memory_update', {
      content_hash: contentHash,
      updates: { content: 'Deploy on Monday' },
    });
    assert.equal(edited.head['hash'], short('Deploy on Monday'));
    assert.equal(edited.head['was'], contentHash.slice(0, 16));
    assert.deepEqual(
      (await memories.store.history(contentHash)).map(({ reason }) => reason),
      ['edited'],
    );
  });

  it('update the project, and take it away by the word that stores without one', async () => {
    const { contentHash } = await memories.store.store({ content: 'x', tags: ['a'], project: 'shop' });
    const { call } = await connect(memories.store);
    const tagsAfter = async (updates: object) =>
      (await call('memory_update', { content_hash: contentHash, updates })).head['tags'];
    assert.deepEqual(await tagsAfter({ project: 'web' }), ['a', 'proj:web']);
    assert.deepEqual(await tagsAfter({ project: '' }), ['a']);
    assert.deepEqual(await tagsAfter({ project: 'web', tags: ['b'] }), ['b', 'proj:web']);
    assert.deepEqual(await tagsAfter({ project: '', tags: ['c'] }), ['c']);
    const limited = await connect(memories.store, { project: 'shop', settings: { onlyProject: true } });
    const own = await memories.store.store({ content: 'y', project: 'shop' });
    const refused = await limited.call('memory_update', {
      content_hash: own.contentHash,
      updates: { project: '' },
    });
    assert.equal(refused.head['error'], 'forbidden');
  });

  it('delete by hash or filter, never without one, and not in a dry run', async () => {
    await memories.store.storeMany([
      { content: 'one', tags: ['old'] },
      { content: 'two', tags: ['old'] },
      { content: 'three', tags: ['new'], project: 'shop' },
    ]);
    const { call } = await connect(memories.store);
    for (const nothing of [{}, { tags: [] }, { project: 'shop' }, { dry_run: true }]) {
      const refused = await call('memory_delete', nothing);
      assert.ok(refused.isError);
      assert.match(refused.text, /needs a content_hash, tags, after or before/);
    }
    const dry = await call('memory_delete', { tags: ['old'], dry_run: true });
    assert.equal(dry.head['would_delete'], 2);
    assert.equal(dry.memories.length, 2);
    assert.equal(await memories.store.count({}), 3);
    assert.equal((await call('memory_delete', { tags: ['old'] })).head['deleted'], 2);
    assert.equal((await call('memory_delete', { content_hash: short('three') })).head['deleted'], 1);
    assert.equal(await memories.store.count({}), 0);
    assert.equal(await memories.store.count({ state: 'deleted' }), 3);
  });

  it('link memories and find the way between them', async () => {
    const { call } = await connect(memories.store);
    const [a, b, c, d] = await Promise.all(
      ['cause', 'error', 'fix', 'apart'].map(
        async (content) => (await memories.store.store({ content })).contentHash,
      ),
    );
    await call('memory_graph', { action: 'link', hash1: a, hash2: b, relation: 'causes' });
    await call('memory_graph', { action: 'link', hash1: c, hash2: b, relation: 'fixes' });
    const connected = await call('memory_graph', { action: 'connected', hash: a });
    assert.deepEqual(
      connected.memories.map(({ content }) => content),
      ['error'],
    );
    const path = await call('memory_graph', { action: 'path', hash1: a, hash2: c });
    assert.deepEqual(
      path.memories.map(({ content }) => content),
      ['cause', 'error', 'fix'],
    );
    assert.deepEqual(
      (path.head['steps'] as { relation: string }[]).map(({ relation }) => relation),
      ['causes', 'fixes'],
    );
    const subgraph = await call('memory_graph', { action: 'subgraph', hash: a });
    assert.equal((subgraph.head['links'] as unknown[]).length, 2);
    assert.equal(
      (await call('memory_graph', { action: 'path', hash1: a, hash2: d })).head['outcome'],
      'no_path',
    );
    assert.equal(
      (await call('memory_graph', { action: 'unlink', hash1: a, hash2: b })).head['outcome'],
      'unlinked',
    );
    assert.equal(
      (await call('memory_graph', { action: 'unlink', hash1: a, hash2: b })).head['outcome'],
      'not_linked',
    );
  });

  it('stay within bounds around a memory with many links, and say how to get the rest', async () => {
    const [center, ...others] = await memories.store.storeMany(
      Array.from({ length: 60 }, (_, i) => ({ content: `${i} ${'x'.repeat(500)}` })),
    );
    for (const { contentHash } of others)
      await memories.store.link({ source: center?.contentHash ?? '', target: contentHash });
    const { call } = await connect(memories.store);
    const connected = await call('memory_graph', { action: 'connected', hash: center?.contentHash });
    assert.ok(connected.text.length <= 8000, `${connected.text.length} characters`);
    const links = connected.head['links'] as unknown[];
    assert.equal(connected.head['links_left_out'], 59 - links.length);
    for (const how of ['to_get_them', 'to_get_links'])
      assert.match(String(connected.head[how]), /max_response_chars/);
    const all = await call('memory_graph', {
      action: 'connected',
      hash: center?.contentHash,
      max_response_chars: 100_000,
    });
    assert.equal(all.memories.length, 59);
    assert.equal((all.head['links'] as unknown[]).length, 59);
    assert.equal(all.head['links_left_out'], undefined);
  });

  it('follow links for agents that may only look, which can not change them', async () => {
    const [a, b] = (await memories.store.storeMany([{ content: 'cause' }, { content: 'effect' }])).map(
      ({ contentHash }) => contentHash,
    );
    const { call } = await connect(memories.store, { settings: { readOnly: true } });
    const between = { hash1: a, hash2: b };
    const apart = await call('memory_graph', { action: 'path', ...between });
    assert.equal(apart.head['outcome'], 'no_path');
    assert.doesNotMatch(apart.text, /action link/);
    assert.ok((await call('memory_graph', { action: 'link', ...between })).isError);
    await memories.store.link({ source: a ?? '', target: b ?? '' });
    assert.equal((await call('memory_graph', { action: 'connected', hash: a })).memories.length, 1);
    assert.equal((await call('memory_graph', { action: 'path', ...between })).head['outcome'], 'path');
    assert.ok((await call('memory_graph', { action: 'unlink', ...between })).isError);
    assert.equal((await memories.store.related(a ?? '')).length, 1);
  });

  it('say, after a dry run, a way that leads to everything that would be deleted', async () => {
    const day = 86_400;
    await memories.store.storeMany(
      Array.from({ length: 50 }, (_, i) => ({
        content: `note ${i}`,
        tags: ['old'],
        createdAt: 1_700_000_000 + i * day,
      })),
    );
    const { call } = await connect(memories.store);
    const filters = { tags: ['old'], after: '2023-11-20', before: '2023-12-25' };
    const dry = await call('memory_delete', { ...filters, dry_run: true });
    assert.match(String(dry.head['to_see_all']), /^memory_list with the same filters/);
    const all = await call('memory_list', { ...filters, page_size: 100 });
    assert.equal(all.head['total'], dry.head['would_delete']);
    assert.ok(Number(all.head['total']) > 20);
  });

  it('report numbers and health', async () => {
    await memories.store.storeMany([
      { content: 'a', tags: ['x'] },
      { content: 'b', tags: ['x'], project: 'shop' },
    ]);
    await memories.store.embedPending();
    const { call } = await connect(memories.store);
    const { head } = await call('memory_stats');
    assert.equal(head['memories'], 2);
    assert.deepEqual(head['top_tags'], { x: 2 });
    assert.deepEqual(head['top_projects'], { shop: 1 });
    assert.equal((await call('memory_health')).head['status'], 'healthy');
  });

  it('answer errors with what to do next', async () => {
    const { call } = await connect(memories.store);
    const missing = await call('memory_update', { content_hash: 'abcdef0123', updates: { tags: ['x'] } });
    assert.ok(missing.isError);
    assert.equal(missing.head['error'], 'not-found');
    assert.match(String(missing.head['next_step']), /memory_search/);
    assert.ok((await call('memory_search', { query: 'x', limit: 0 })).isError);
    assert.ok((await call('memory_search', { query: 'x', after: 'the day of days' })).isError);
  });

  it('say what is wrong where the store cannot be opened, and go on listing tools', async () => {
    const damaged = () =>
      Promise.reject(new MemoryError('damaged', 'The file is damaged.', 'Restore a backup.'));
    const closed: AgentStore = { ...memories.store, verify: damaged };
    const { call, client } = await connect(closed);
    const { isError, head } = await call('memory_health');
    assert.ok(isError);
    assert.deepEqual(head, {
      error: 'damaged',
      message: 'The file is damaged.',
      next_step: 'Restore a backup.',
    });
    assert.ok((await client.listTools()).tools.length > 0);
  });

  it('take 200 calls at once', async () => {
    const { call } = await connect(memories.store);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        i % 2 === 0
          ? call('memory_store', { content: `parallel ${i}` })
          : call('memory_search', { query: `parallel ${i}` }),
      ),
    );
    assert.deepEqual(
      answers.filter(({ isError }) => isError),
      [],
    );
    assert.equal(await memories.store.count({}), 100);
  });
});
