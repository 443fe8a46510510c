import assert from 'node:assert/strict';
import { useStore } from '../support/testStore.ts';
import { useMcpClient } from './mcpClient.ts';

describe('the older tool names', () => {
  const memories = useStore();
  const connect = useMcpClient();
  const settings = { olderNames: true };
  const DAY = 86_400;

  it('store, with tags as a list or comma-separated', async () => {
    const { call } = await connect(memories.store, { settings });
    await call('store_memory', { content: 'one', metadata: { tags: 'a,b', type: 'note' } });
    await call('store_memory', { content: 'two', tags: ['b'], memory_type: 'decision' });
    const { memories: tagged } = await call('search_by_tag', { tags: 'b' });
    assert.deepEqual(tagged.map(({ type }) => type).toSorted(), ['decision', 'note']);
  });

  it('retrieve by query and recall by time', async () => {
    const now = Date.now() / 1000;
    await memories.store.storeMany([
      { content: 'chose postgres', createdAt: now - 2 * DAY },
      { content: 'postgres is slow', createdAt: now - 400 * DAY },
    ]);
    const { call } = await connect(memories.store, { settings });
    const contents = async (name: string, args: object) =>
      (await call(name, { ...args })).memories.map(({ content }) => content).toSorted();
    assert.deepEqual(await contents('retrieve_memory', { query: 'postgres', n_results: 5 }), [
      'chose postgres',
      'postgres is slow',
    ]);
    assert.deepEqual(await contents('recall_memory', { query: 'postgres last 7 days' }), ['chose postgres']);
    assert.deepEqual(await contents('recall_memory', { query: 'postgres last resort' }), [
      'chose postgres',
      'postgres is slow',
    ]);
  });

  it('delete, and tell the health', async () => {
    const { contentHash } = await memories.store.store({ content: 'one', tags: ['a'] });
    await memories.store.store({ content: 'two', tags: ['a'] });
    const { call } = await connect(memories.store, { settings });
    assert.equal((await call('delete_memory', { content_hash: contentHash })).head['deleted'], 1);
    assert.equal((await call('delete_by_tag', { tags: 'a' })).head['deleted'], 1);
    assert.equal((await call('check_database_health')).head['status'], 'healthy');
  });

  it('delete by tag within all the filters that are given, and nothing in a dry run', async () => {
    const tags = ['old', 'note'];
    await memories.store.storeMany([
      { content: 'one', tags, project: 'shop' },
      { content: 'two', tags, project: 'blog' },
      { content: 'three', tags: ['old'], project: 'shop' },
      { content: 'four', tags, project: 'shop', createdAt: 1000 },
    ]);
    const { call } = await connect(memories.store, { settings });
    const filters = { tags: 'old,note', tag_match: 'all', project: 'shop', after: '2020-01-01' };
    const dry = await call('delete_by_tag', { ...filters, dry_run: true });
    assert.equal(dry.head['would_delete'], 1);
    assert.equal(await memories.store.count({}), 4);
    assert.equal((await call('delete_by_tag', { ...filters, before: '2020-02-01' })).head['deleted'], 0);
    assert.equal((await call('delete_by_tag', filters)).head['deleted'], 1);
    const left = (await memories.store.list({})).items.map(({ content }) => content);
    assert.deepEqual(left.toSorted(), ['four', 'three', 'two']);
  });

  it('delete one memory, and nothing in a dry run', async () => {
    const { contentHash } = await memories.store.store({ content: 'one' });
    const { call } = await connect(memories.store, { settings });
    const dry = await call('delete_memory', { content_hash: contentHash, dry_run: 'true' });
    assert.equal(dry.head['would_delete'], 1);
    assert.equal(await memories.store.count({}), 1);
  });

  it('do nothing with a parameter that there is not, and say so', async () => {
    const { contentHash } = await memories.store.store({ content: 'one', tags: ['old'] });
    const { call } = await connect(memories.store, { settings });
    for (const [name, args] of Object.entries({
      store_memory: { content: 'two' },
      retrieve_memory: { query: 'one' },
      recall_memory: { query: 'one' },
      search_by_tag: { tags: 'old' },
      delete_memory: { content_hash: contentHash },
      delete_by_tag: { tags: 'old' },
      check_database_health: {},
    })) {
      const { isError, head } = await call(name, { ...args, tagg: 'x' });
      assert.ok(isError, name);
      assert.match(String(head['message']), new RegExp(`${name} did nothing: has no parameter tagg`));
    }
    assert.ok((await call('delete_by_tag', { tags: '' })).isError);
    assert.deepEqual(
      (await memories.store.list({})).items.map(({ content }) => content),
      ['one'],
    );
  });

  it('understand what smaller models write as text', async () => {
    await memories.store.storeMany([{ content: 'deploy one' }, { content: 'deploy two' }]);
    const { call } = await connect(memories.store, { settings });
    const limited = await call('retrieve_memory', { query: 'deploy', n_results: '1' });
    assert.equal(limited.memories.length, 1);
    await call('store_memory', { content: 'three', tags: '["a", "b"]', metadata: '{"by": "me"}' });
    assert.equal((await call('search_by_tag', { tags: 'b' })).memories.length, 1);
  });

  it('of tools that are not needed here answer what to use', async () => {
    const { call } = await connect(memories.store, { settings });
    for (const name of [
      'memory_cleanup',
      'memory_quality',
      'memory_conflicts',
      'memory_resolve',
      'memory_store_session',
      'memory_harvest',
    ]) {
      const { isError, head } = await call(name, { anything: 1 });
      assert.ok(isError, name);
      assert.match(String(head['next_step']), /memory_\w+|merged|yourself/, name);
    }
  });

  it('write nothing for read-only agents', async () => {
    const { client } = await connect(memories.store, { settings: { ...settings, readOnly: true } });
    const names = (await client.listTools()).tools.map(({ name }) => name);
    for (const writing of ['store_memory', 'delete_memory', 'delete_by_tag'])
      assert.ok(!names.includes(writing));
  });
});
