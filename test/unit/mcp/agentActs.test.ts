import assert from 'node:assert/strict';
import type { McpContext } from '../../../src/mcp/mcpContext.ts';
import {
  type AgentAct,
  countActs,
  leftIn,
  undoAct,
  undoAll,
  type UndoStep,
} from '../../../src/memory/agentActs.ts';
import { contentHashOf } from '../../../src/memory/contentHash.ts';
import type { Memory } from '../../../src/memory/memory.ts';
import { refusal, useStore } from '../support/testStore.ts';
import { useMcpClient } from './mcpClient.ts';

describe('what agents do', () => {
  const memories = useStore();
  const client = useMcpClient();
  let acts: AgentAct[] = [];
  beforeEach(() => {
    acts = [];
  });

  const connect = async (context: Partial<McpContext> = {}) => {
    const record = (act: AgentAct): Promise<void> => {
      acts.push(act);
      return Promise.resolve();
    };
    const { call } = await client(memories.store, { person: 'kim', project: 'shop', record, ...context });
    return call;
  };
  const all = async (): Promise<Memory[]> => [...(await memories.store.list({})).items];
  const contents = async (): Promise<string[]> => (await all()).map(({ content }) => content).sort();
  const undoLast = async (): Promise<void> => {
    const act = acts.at(-1);
    assert.ok(act);
    // As it is read from the log.
    await undoAct(memories.store, JSON.parse(JSON.stringify(act)) as AgentAct);
  };

  it('is told with who did it, for whom, and in which project, without the content', async () => {
    const call = await connect();
    await call('memory_store', { content: 'Deploy with make ship' });
    const [act] = acts;
    assert.equal(act?.client, 'Test Agent 7.1');
    assert.equal(act.person, 'kim');
    assert.equal(act.project, 'shop');
    assert.equal(act.kind, 'stored');
    assert.deepEqual(act.hashes, [contentHashOf('Deploy with make ship')]);
    assert.ok(!JSON.stringify(acts).includes('make ship'));
    assert.equal((await all())[0]?.source?.person, 'kim');
  });

  it('is not told where nothing was done', async () => {
    const call = await connect();
    await call('memory_search', { query: 'anything' });
    await call('memory_delete', { tags: ['nothing'] });
    await call('memory_delete', { tags: ['nothing'], dry_run: true });
    await call('memory_update', { content_hash: 'a'.repeat(64), updates: { tags: ['x'] } });
    assert.deepEqual(acts, []);
  });

  it('is told of what changed, not of what was stored as it is', async () => {
    await memories.stored({ content: 'known', tags: ['a'], project: 'shop' });
    const call = await connect();
    await call('memory_store', { content: 'known', metadata: { tags: ['a'] } });
    assert.deepEqual(acts, []);
    await call('memory_store', { content: 'known', metadata: { tags: ['b'] } });
    assert.deepEqual(
      acts.map(({ hashes }) => hashes),
      [[contentHashOf('known')]],
    );
  });

  it('can be undone: a stored memory goes', async () => {
    const call = await connect();
    await call('memory_store', { content: 'one' });
    await undoLast();
    assert.deepEqual(await all(), []);
  });

  it('can not be undone when the memory was edited since, and that is said', async () => {
    const call = await connect();
    await call('memory_store', { content: 'one' });
    await memories.store.update(contentHashOf('one'), { content: 'one and a half' });
    await assert.rejects(undoLast(), refusal('conflict'));
    assert.deepEqual(await contents(), ['one and a half']);
  });

  it('can be undone: a merged memory has its own tags, type and metadata again', async () => {
    const before = await memories.stored({
      content: 'Tabs, not spaces',
      tags: ['style'],
      metadata: { by: 'me' },
    });
    const call = await connect();
    const { head } = await call('memory_store', {
      content: 'tabs, not spaces',
      metadata: { tags: ['agent'], type: 'rule', by: 'agent', extra: 1 },
    });
    assert.equal(head['outcome'], 'merged');
    await undoLast();
    const after = await memories.get(before.contentHash);
    assert.deepEqual(
      [after.content, after.tags, after.memoryType, after.metadata],
      [before.content, before.tags, before.memoryType, before.metadata],
    );
  });

  it('can be undone: what a memory superseded stands on its own again', async () => {
    const old = await memories.stored({ content: 'We use Postgres 15' });
    const call = await connect();
    await call('memory_store', { content: 'We use Postgres 17', supersedes: old.contentHash });
    assert.ok((await memories.get(old.contentHash)).supersededBy !== undefined);
    await undoLast();
    assert.equal((await memories.get(old.contentHash)).supersededBy, undefined);
    assert.deepEqual(await contents(), ['We use Postgres 15']);
  });

  it('can be undone: an edited memory has its text and tags again', async () => {
    const { contentHash } = await memories.stored({ content: 'Port 80', tags: ['net'] });
    const call = await connect();
    await call('memory_update', {
      content_hash: contentHash,
      updates: { content: 'Port 8080', add_tags: ['new'] },
    });
    assert.deepEqual(await contents(), ['Port 8080']);
    await undoLast();
    assert.deepEqual(await contents(), ['Port 80']);
    assert.deepEqual((await all())[0]?.tags, ['net']);
  });

  describe('to the text of a memory', () => {
    const edited = async (content = 'Port 8080') => {
      const older = await memories.stored({ content: 'Port 8' });
      const before = await memories.stored({
        content: 'Port 80',
        tags: ['net'],
        supersedes: older.contentHash,
      });
      const firewall = await memories.stored({ content: 'The firewall' });
      await memories.store.link({
        source: firewall.contentHash,
        target: before.contentHash,
        relation: 'fixes',
      });
      const call = await connect();
      await call('memory_update', { content_hash: before.contentHash, updates: { content } });
      return { older, before, firewall };
    };
    const purge = async (contentHash: string) => {
      await memories.store.delete([contentHash]);
      await memories.store.purge([contentHash]);
    };

    it('can be undone with its links, and with what it superseded', async () => {
      const { older, before, firewall } = await edited();
      await undoLast();
      const [link, ...others] = await memories.store.related(before.contentHash);
      assert.deepEqual([link?.source, link?.relation, others], [firewall.contentHash, 'fixes', []]);
      assert.equal((await memories.get(older.contentHash)).supersededBy, before.contentHash);
      assert.ok(!JSON.stringify(acts).includes('Port 80'));
    });

    it('can be undone where another memory had the new text already', async () => {
      await memories.stored({ content: 'Port 8080', tags: ['other'] });
      await edited();
      await undoLast();
      assert.deepEqual(await contents(), ['Port 8', 'Port 80', 'Port 8080', 'The firewall']);
      assert.deepEqual((await memories.get(contentHashOf('Port 8080'))).tags, ['other']);
    });

    it('takes nothing away where the old text is gone for good, or there again', async () => {
      for (const other of ['Port 8080', 'Port 443']) {
        const { before } = await edited(other);
        await purge(before.contentHash);
        await assert.rejects(undoLast(), refusal('conflict'));
        assert.equal((await memories.get(contentHashOf(other))).deletedAt, undefined);
        await purge(contentHashOf(other));
      }
      const { before } = await edited();
      await memories.store.restore([before.contentHash]);
      await assert.rejects(undoLast(), refusal('conflict'));
      assert.deepEqual(await contents(), ['Port 8', 'Port 80', 'Port 8080', 'The firewall']);
    });

    it('can be undone, or is too late, as an earlier version wrote it down', async () => {
      const { before } = await edited();
      const [hash, act] = [contentHashOf('Port 8080'), acts.at(-1)];
      assert.ok(act);
      const undoAsThen = async () => {
        const left = leftIn([await memories.get(hash)]);
        const undo: UndoStep[] = [
          { do: 'delete', hashes: [hash], left },
          { do: 'restore', hashes: [before.contentHash] },
        ];
        await undoAct(memories.store, { ...act, undo });
      };
      await undoAsThen();
      assert.deepEqual(await contents(), ['Port 8', 'Port 80', 'The firewall']);
      await purge(before.contentHash);
      await memories.store.restore([hash]);
      await assert.rejects(undoAsThen(), refusal('conflict'));
      assert.deepEqual(await contents(), ['Port 8', 'Port 8080', 'The firewall']);
    });
  });

  it('can be undone: changed tags, type and metadata are as they were', async () => {
    const before = await memories.stored({ content: 'Port 80', tags: ['net'], metadata: { a: 1 } });
    const call = await connect();
    await call('memory_update', {
      content_hash: before.contentHash,
      updates: { tags: ['other'], memory_type: 'fact', metadata: { a: null, b: 2 } },
    });
    await undoLast();
    const after = await memories.get(before.contentHash);
    assert.deepEqual([after.tags, after.memoryType, after.metadata], [['net'], undefined, { a: 1 }]);
  });

  describe('where the person changed the memory since', () => {
    const changed = async (updates: object) => {
      const before = await memories.stored({
        content: 'Port 80',
        tags: ['net'],
        memoryType: 'note',
        metadata: { a: 1, of: { x: 1, y: 2 } },
      });
      const call = await connect();
      await call('memory_update', { content_hash: before.contentHash, updates });
      return before.contentHash;
    };

    it('can not be undone over the same part of it', async () => {
      const updates = { tags: ['agent'], memory_type: 'fact', metadata: { a: 2 } };
      const later = [{ tags: ['net', 'mine'] }, { memoryType: 'rule' }, { metadata: { a: 3 } }];
      for (const patch of later) {
        const hash = await changed(updates);
        const mine = await memories.store.update(hash, patch);
        await assert.rejects(undoLast(), refusal('conflict'));
        assert.deepEqual(await memories.get(hash), mine);
        await memories.store.delete([hash]);
        await memories.store.purge([hash]);
      }
    });

    it('can be undone beside what the person changed', async () => {
      const hash = await changed({ add_tags: ['agent'], metadata: { of: { x: 9, z: 3 } } });
      await memories.store.update(hash, {
        addTags: ['mine'],
        memoryType: 'rule',
        metadata: { b: 2 },
        pinned: true,
      });
      await undoLast();
      const { tags, memoryType, metadata, pinned } = await memories.get(hash);
      assert.deepEqual(tags, ['net', 'mine']);
      assert.deepEqual(metadata, { a: 1, of: { x: 1, y: 2 }, b: 2 });
      assert.deepEqual([memoryType, pinned], ['rule', true]);
    });

    it('can not be undone by a deletion of what it edited, or for good of what superseded another', async () => {
      await changed({ content: 'Port 8080' });
      await memories.store.update(contentHashOf('Port 8080'), { addTags: ['mine'] });
      await assert.rejects(undoLast(), refusal('conflict'));
      const call = await connect();
      const supersedes = contentHashOf('Port 8080');
      await call('memory_store', { content: 'We use port 443', supersedes });
      await memories.store.update(contentHashOf('We use port 443'), { pinned: true });
      await assert.rejects(undoLast(), refusal('conflict'));
      assert.deepEqual(await contents(), ['Port 8080', 'We use port 443']);
    });

    it('can not be undone when it was deleted since', async () => {
      const hash = await changed({ add_tags: ['agent'] });
      await memories.store.delete([hash]);
      await assert.rejects(undoLast(), refusal('conflict'));
    });

    it('is passed over where many are undone, the last one first', async () => {
      const hash = await changed({ add_tags: ['agent'] });
      const call = await connect();
      await call('memory_update', { content_hash: hash, updates: { memory_type: 'fact' } });
      await call('memory_update', { content_hash: hash, updates: { add_tags: ['second'] } });
      await memories.store.update(hash, { memoryType: 'rule' });
      acts = acts.map((act, i) => ({ ...act, at: i }));
      const undone = new Set<string>();
      const log = {
        undone: () => Promise.resolve(undone),
        markUndone: ({ id }: AgentAct) => Promise.resolve(void undone.add(id)),
      };
      const { undone: count, tooLate } = await undoAll(memories.store, log, acts);
      assert.deepEqual([count, tooLate.length], [2, 1]);
      assert.deepEqual([...undone], [acts[2]?.id, acts[0]?.id]);
      const { tags, memoryType } = await memories.get(hash);
      assert.deepEqual([tags, memoryType], [['net'], 'rule']);
      // What was undone is not undone again, over what was done since.
      await memories.store.update(hash, { addTags: ['second'] });
      await undoAll(memories.store, log, acts);
      assert.deepEqual((await memories.get(hash)).tags, ['net', 'second']);
    });
  });

  it('can be undone: deleted memories are back', async () => {
    for (const content of ['one', 'two']) await memories.stored({ content, tags: ['old'] });
    const call = await connect();
    await call('memory_delete', { tags: ['old'] });
    assert.deepEqual(await all(), []);
    assert.equal(acts.length, 1);
    await undoLast();
    assert.deepEqual(await contents(), ['one', 'two']);
  });

  it('can be undone: links go and come back', async () => {
    const [one, two] = [await memories.stored({ content: 'one' }), await memories.stored({ content: 'two' })];
    const ends = { hash1: one.contentHash, hash2: two.contentHash };
    const call = await connect();
    await call('memory_graph', { action: 'link', ...ends, relation: 'causes' });
    await undoLast();
    assert.deepEqual(await memories.store.related(one.contentHash), []);
    await memories.store.link({ source: one.contentHash, target: two.contentHash, relation: 'fixes' });
    await call('memory_graph', { action: 'unlink', ...ends });
    await undoLast();
    assert.equal((await memories.store.related(one.contentHash))[0]?.relation, 'fixes');
  });
});

describe('the counts of what agents did', () => {
  const act = (client: string, kind: AgentAct['kind'], count: number, undone = false) => ({
    ...{ id: 'x', at: 0, client, kind, undo: [], undone },
    hashes: Array.from({ length: count }, (_, i) => `${i}`),
  });

  it('are of memories, by client, the most active first; without links and what was undone', () => {
    const acts = [
      act('Cursor 2.0', 'stored', 2),
      act('Claude Code 2.1', 'stored', 3),
      act('Cursor 2.0', 'updated', 1),
      act('Cursor 2.0', 'deleted', 4),
      act('Cursor 2.0', 'deleted', 5, true),
      act('Cursor 2.0', 'linked', 2),
      act('Only Links 1', 'unlinked', 2),
    ];
    assert.deepEqual(countActs(acts), [
      { client: 'Cursor 2.0', stored: 2, changed: 1, deleted: 4 },
      { client: 'Claude Code 2.1', stored: 3, changed: 0, deleted: 0 },
    ]);
  });
});
