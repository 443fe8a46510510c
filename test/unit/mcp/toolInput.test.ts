import assert from 'node:assert/strict';
import { useStore } from '../support/testStore.ts';
import { useMcpClient } from './mcpClient.ts';

describe('the arguments of a call', () => {
  const memories = useStore();
  const connect = useMcpClient();

  it('that there are not are an error, which names those that there are', async () => {
    await memories.store.storeMany([{ content: 'one', tags: ['old'] }, { content: 'two' }]);
    const { call } = await connect(memories.store);
    const { isError, head } = await call('memory_delete', { before: '2999-01-01', tag: 'old' });
    assert.ok(isError);
    assert.equal(head['error'], 'invalid-input');
    assert.match(String(head['message']), /memory_delete did nothing: has no parameter tag/);
    assert.match(String(head['next_step']), /content_hash, tags, tag_match/);
    assert.equal(await memories.store.count({}), 2);
    const nested = await call('memory_update', { content_hash: 'abcdef01', updates: { tag: 'x' } });
    assert.match(String(nested.head['message']), /updates has no parameter tag/);
  });

  it('that are out of range say which, and what is expected', async () => {
    const { call } = await connect(memories.store);
    const { isError, head } = await call('memory_search', { query: 'x', limit: 0 });
    assert.ok(isError);
    assert.match(String(head['message']), /limit: .*>=1/);
    const missing = await call('memory_store', {});
    assert.match(String(missing.head['message']), /content: /);
  });

  it('delete nothing by a time alone where they give an empty list of tags', async () => {
    await memories.stored({ content: 'kept' });
    const { call } = await connect(memories.store);
    for (const tags of [[], ''])
      assert.ok((await call('memory_delete', { tags, after: '2020-01-01' })).isError);
    assert.equal(await memories.store.count({}), 1);
  });

  it('written as text by smaller models are understood', async () => {
    const { call } = await connect(memories.store);
    await call('memory_store', { content: 'one', metadata: '{"tags": "a, b", "type": "note"}' });
    await call('memory_store', { content: 'two', metadata: { tags: '["b"]' }, force: 'true', project: null });
    const tagged = async (args: object) => (await call('memory_search', { ...args })).memories.length;
    assert.equal(await tagged({ tags: 'b', limit: '5' }), 2);
    assert.equal(await tagged({ tags: '["a","b"]', tag_match: 'all' }), 1);
  });

  it('keep a null that means something', async () => {
    const { contentHash } = await memories.store.store({ content: 'x', metadata: { a: 1, b: 2 } });
    const { call } = await connect(memories.store);
    await call('memory_update', { content_hash: contentHash, updates: { metadata: { a: null } } });
    assert.deepEqual((await memories.get(contentHash)).metadata, { b: 2 });
  });

  it('of a deletion are a hash or filters, never both', async () => {
    const { contentHash } = await memories.store.store({ content: 'one', tags: ['old'] });
    const { call } = await connect(memories.store);
    const both = await call('memory_delete', { content_hash: contentHash, tags: ['new'] });
    assert.match(both.text, /not both/);
    assert.equal(await memories.store.count({}), 1);
  });

  it('of mcp-memory-service all work, or say what to use instead', async () => {
    const { contentHash } = await memories.store.store({
      content: 'deploy well',
      metadata: { quality_score: 0.1 },
    });
    await memories.store.store({ content: 'deploy better', metadata: { quality_score: 0.9 } });
    const { call } = await connect(memories.store);
    const { memories: found } = await call('memory_search', {
      query: 'deploy',
      quality_boost: 0.9,
      limit: 1,
    });
    assert.equal(found[0]?.['content'], 'deploy better');
    const [before] = await memories.store.get([contentHash]);
    for (const preserve_timestamps of [true, false]) {
      const updates = { tags: [`preserved-${preserve_timestamps}`] };
      const { head } = await call('memory_update', {
        content_hash: contentHash,
        updates,
        preserve_timestamps,
      });
      assert.equal(head['outcome'], 'updated');
    }
    const [changed] = await memories.store.get([contentHash]);
    // Its service keeps the time of the creation, too, whatever is asked.
    assert.ok(before && changed);
    assert.equal(changed.createdAt, before.createdAt);
    assert.ok(changed.updatedAt > before.updatedAt);
  });
});
