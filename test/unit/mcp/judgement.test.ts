import assert from 'node:assert/strict';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { useStore } from '../support/testStore.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { builtWeights } from '../local/useLite/builtWeights.ts';
import { useMcpClient } from './mcpClient.ts';

describe('storing with judgement', () => {
  const connect = useMcpClient();

  describe('near-duplicates, by the model on this machine', () => {
    const inFolder = temporaryFolder();

    const stores: { close(): Promise<void> }[] = [];
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
    });
    const open = async (...contents: readonly string[]) => {
      const store = await openLocalStore({
        database: inFolder('m.db'),
        weightsDirectory: await builtWeights(),
        background: false,
      });
      stores.push(store);
      await store.storeMany(contents.map((content) => ({ content })));
      await store.embedPending();
      return store;
    };
    const known =
      'We use pnpm workspaces; never run npm install at the repo root because it rewrites the lockfile.';
    const restated =
      'The repo uses pnpm workspaces. Do not run npm install at the root: it rewrites the lockfile.';

    it('are answered instead of stored, with the choice to update, supersede or force', async () => {
      const store = await open(known);
      const { call } = await connect(store);
      const { head, memories, isError } = await call('memory_store', { content: restated });
      assert.ok(!isError);
      assert.equal(head['outcome'], 'similar_exists');
      assert.match(String(head['next_step']), /memory_update.*supersedes.*force/);
      assert.equal(memories[0]?.['content'], known);
      assert.ok(Number(memories[0]['similarity']) > 0.87);
      assert.equal(await store.count({}), 1);
    });

    it('are stored with force, in a conversation, or as the successor', async () => {
      const store = await open(known);
      const { call } = await connect(store);
      const outcome = async (args: object) =>
        (await call('memory_store', { content: restated, ...args })).head['outcome'];
      assert.equal(await outcome({ conversation_id: '' }), 'similar_exists');
      assert.equal(await outcome({ force: true }), 'stored');
      assert.equal(await outcome({ content: `${restated} Really.`, conversation_id: 'c1' }), 'stored');
    });

    it('of what a memory supersedes do not hinder it; the old one says by what it is replaced', async () => {
      const store = await open(known);
      const { call } = await connect(store);
      const [old] = (await call('memory_search', { query: 'pnpm' })).memories;
      const { head } = await call('memory_store', { content: restated, supersedes: old?.['hash'] });
      assert.equal(head['outcome'], 'stored');
      await store.embedPending();
      const { memories } = await call('memory_search', { query: 'pnpm workspaces npm install lockfile' });
      assert.deepEqual(
        memories.map(({ content }) => content),
        [restated, known],
      );
      assert.equal(memories[1]?.['superseded_by'], head['hash']);
    });

    it('do not hinder storing where the model fails', async () => {
      const store = await openLocalStore({
        database: inFolder('m.db'),
        weightsDirectory: inFolder(),
        background: false,
      });
      stores.push(store);
      const { call } = await connect(store);
      assert.equal((await call('memory_store', { content: known })).head['outcome'], 'stored');
    });

    it('are neither what is about something else, nor the next of a series, nor the same text again', async () => {
      const store = await open(known, 'Memory number 12 of project shop', 'Use WAL mode for SQLite.');
      const { call } = await connect(store);
      for (const content of [
        'Docker images are built with BuildKit and pushed to ghcr.io.',
        'Memory number 57 of project shop',
        'Use foreign keys in SQLite.',
      ])
        assert.equal((await call('memory_store', { content })).head['outcome'], 'stored', content);
      assert.equal((await call('memory_store', { content: known })).head['outcome'], 'merged');
    });
  });

  describe('credentials', () => {
    const memories = useStore();
    const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');

    const refused = async (name: string, args: Record<string, unknown>) => {
      const { call } = await connect(memories.store);
      const { isError, text, head } = await call(name, args);
      assert.ok(isError, text);
      assert.equal(head['error'], 'forbidden');
      assert.match(text, /line \d+: found GitHub|found/);
      assert.doesNotMatch(text, new RegExp(token.slice(4, 12)));
    };

    it('are refused in content, tags and metadata, masked, with where they stand', async () => {
      await refused('memory_store', { content: `first line\nthe token is ${token}` });
      await refused('memory_store', { content: 'x', metadata: { note: token } });
      await refused('memory_store', { content: 'x', metadata: { tags: [token] } });
      await refused('memory_store', { content: 'postgres://admin:hunter2secret@db.example.com/shop' });
      assert.equal(await memories.store.count({}), 0);
    });

    it('are refused in updates', async () => {
      const { contentHash } = await memories.store.store({ content: 'plain' });
      await refused('memory_update', { content_hash: contentHash, updates: { content: token } });
      await refused('memory_update', { content_hash: contentHash, updates: { metadata: { a: token } } });
    });

    it('cannot be let through by the agent, nor by a comment in the content', async () => {
      await refused('memory_store', { content: token, force: true });
      const { call } = await connect(memories.store);
      assert.ok((await call('memory_store', { content: token, allow_secrets: true })).isError);
      assert.equal(await memories.store.count({}), 0);
      await refused('memory_store', { content: `<!-- secretlint-disable -->\n${token}` });
    });
  });
});
