import assert from 'node:assert/strict';
import { useStore } from '../support/testStore.ts';
import { useMcpClient } from './mcpClient.ts';

describe('projects', () => {
  const memories = useStore();
  const connect = useMcpClient();

  it('rank first where they are the current one, and exclude nothing', async () => {
    await memories.store.storeMany([
      { content: 'deploy with make publish', project: 'blog' },
      { content: 'deploy with make ship', project: 'shop' },
    ]);
    const contents = async (project: string) => {
      const { call } = await connect(memories.store, { project });
      return (await call('memory_search', { query: 'deploy', mode: 'keyword' })).memories.map(
        ({ content }) => content,
      );
    };
    assert.deepEqual(await contents('shop'), ['deploy with make ship', 'deploy with make publish']);
    assert.deepEqual(await contents('blog'), ['deploy with make publish', 'deploy with make ship']);
  });

  it('can be named to search in, and to store in; an empty name is none', async () => {
    const { call } = await connect(memories.store, { project: 'shop' });
    await call('memory_store', { content: 'deploy the blog', project: 'blog' });
    await call('memory_store', { content: 'deploy anything', project: '' });
    await call('memory_store', { content: 'deploy the shop' });
    const found = async (args: object) =>
      (await call('memory_search', { query: 'deploy', ...args })).memories.map(({ content }) => content);
    assert.deepEqual(await found({ project: 'blog' }), ['deploy the blog']);
    assert.equal((await found({})).length, 3);
    assert.equal(await memories.store.count({ project: 'shop' }), 1);
  });

  describe('that agents are limited to', () => {
    const limited = async () => {
      const { store } = memories;
      const [secret, own, other] = await store.storeMany([
        { content: 'secret deploy of acme', tags: ['hidden'], memoryType: 'decision', project: 'acme' },
        { content: 'deploy of the shop', tags: ['seen'], project: 'shop' },
        { content: 'shop again', project: 'shop' },
      ]);
      assert.ok(secret && own && other);
      await store.link({ source: own.contentHash, target: secret.contentHash });
      await store.link({ source: secret.contentHash, target: other.contentHash });
      const connected = await connect(store, { project: 'shop', settings: { onlyProject: true } });
      return { ...connected, secret: secret.contentHash, own: own.contentHash, other: other.contentHash };
    };

    it('leak nothing of another one, by no tool and no resource', async () => {
      const { call, client, secret, own, other } = await limited();
      const answers = [
        await call('memory_search', { query: 'secret deploy acme' }),
        await call('memory_search', { query: 'deploy', project: 'acme' }),
        await call('memory_search', { tags: ['hidden'] }),
        await call('memory_list'),
        await call('memory_list', { content_hash: secret }),
        await call('memory_graph', { action: 'connected', hash: own }),
        await call('memory_graph', { action: 'path', hash1: own, hash2: other }),
        await call('memory_graph', { action: 'subgraph', hash: secret }),
        await call('memory_delete', { tags: ['hidden'], dry_run: true }),
        await call('memory_stats'),
        await call('memory_health'),
      ].map(({ text }) => text);
      for (const uri of [
        'memory://stats',
        'memory://tags',
        'memory://recent/50',
        'memory://search/secret',
        'memory://tag/hidden',
      ])
        answers.push(JSON.stringify(await client.readResource({ uri })));
      await assert.rejects(client.readResource({ uri: `memory://memory/${secret}` }));
      for (const answer of answers) assert.doesNotMatch(answer, /secret deploy|"hidden"|decision/, answer);
      assert.match(answers[0] ?? '', /deploy of the shop/);
    });

    it('neither change, delete nor link another one’s memories', async () => {
      const { call, secret, own } = await limited();
      for (const [name, args] of [
        ['memory_update', { content_hash: secret, updates: { tags: ['x'] } }],
        ['memory_delete', { content_hash: secret }],
        ['memory_graph', { action: 'link', hash1: own, hash2: secret }],
        ['memory_graph', { action: 'unlink', hash1: own, hash2: secret }],
        ['memory_store', { content: 'new', supersedes: secret }],
        ['memory_store', { content: 'new', project: 'acme' }],
        ['memory_store', { content: 'new', metadata: { tags: ['proj:acme'] } }],
        ['memory_update', { content_hash: own, updates: { project: 'acme' } }],
        ['memory_update', { content_hash: own, updates: { add_tags: ['proj:acme'] } }],
        ['memory_update', { content_hash: own, updates: { remove_tags: ['proj:shop'] } }],
      ] as const)
        assert.ok((await call(name, args)).isError, `${name} ${JSON.stringify(args)}`);
      assert.equal((await call('memory_delete', { tags: ['hidden'] })).head['deleted'], 0);
      assert.equal((await memories.get(secret)).deletedAt, undefined);
      assert.deepEqual((await memories.get(secret)).tags.toSorted(), ['hidden', 'proj:acme']);
    });

    it('neither see nor take over another one’s memory, or one of none, by storing the same text', async () => {
      const { call, secret, own } = await limited();
      const none = await memories.stored({ content: 'deploy anywhere', tags: ['hidden'] });
      const before = [await memories.get(secret), none];
      for (const content of ['Secret deploy of ACME', none.content])
        for (const [name, args] of [
          ['memory_store', { content, metadata: { type: 'mine', k: 1 } }],
          ['memory_store', { content, force: true }],
          ['memory_update', { content_hash: own, updates: { content } }],
        ] as const) {
          const { isError, head, text } = await call(name, args);
          assert.ok(isError, `${name} ${JSON.stringify(args)}`);
          assert.equal(head['error'], 'forbidden');
          assert.doesNotMatch(text, /hidden|decision|proj:acme/);
        }
      assert.deepEqual([await memories.get(secret), await memories.get(none.contentHash)], before);
      assert.equal((await memories.get(own)).content, 'deploy of the shop');
    });

    it('store a text again that is theirs, or that was deleted', async () => {
      const { call, secret, own } = await limited();
      const again = await call('memory_store', { content: 'Deploy of the SHOP' });
      assert.equal(again.head['outcome'], 'merged');
      assert.ok(
        !(await call('memory_update', { content_hash: own, updates: { content: 'DEPLOY of the shop' } }))
          .isError,
      );
      await memories.store.delete([secret]);
      await call('memory_store', { content: 'secret deploy of acme' });
      assert.deepEqual((await memories.get(secret)).tags, ['proj:shop']);
    });

    it('store in their own, and count its memories only', async () => {
      const { call } = await limited();
      assert.equal((await call('memory_store', { content: 'new' })).head['project'], 'shop');
      assert.equal(await memories.store.count({ project: 'shop' }), 3);
      const { head } = await call('memory_stats');
      assert.equal(head['memories'], 3);
      assert.deepEqual(head['top_projects'], { shop: 3 });
    });

    it('must be known', async () => {
      const { call } = await connect(memories.store, { settings: { onlyProject: true } });
      const { isError, head } = await call('memory_list');
      assert.ok(isError);
      assert.equal(head['error'], 'misconfigured');
    });
  });
});
