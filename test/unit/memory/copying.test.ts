import assert from 'node:assert/strict';
import { copyMovable, countMovable } from '../../../src/memory/copying.ts';
import { useStore } from '../support/testStore.ts';

describe('copying memories to another store', () => {
  const here = useStore();
  const there = useStore();

  const contentsThere = async (): Promise<string[]> =>
    (await there.store.list({ order: 'oldest' })).items.map(({ content }) => content);

  it('takes what may leave and is not there yet, and says how many that is', async () => {
    await here.store.storeMany([
      { content: 'one', createdAt: 1, tags: ['a'], pinned: true },
      { content: 'two', createdAt: 2 },
      { content: 'secret', createdAt: 3, localOnly: true },
    ]);
    await there.store.store({ content: 'two', createdAt: 2, tags: ['theirs'] });
    assert.equal(await countMovable(here.store, there.store), 1);
    const steps: number[] = [];
    assert.equal(await copyMovable(here.store, there.store, { onBatch: (copied) => steps.push(copied) }), 1);
    assert.deepEqual(steps, [1]);
    const [one, two] = (await there.store.list({ order: 'oldest' })).items;
    assert.deepEqual([one?.content, one?.tags, one?.pinned, one?.createdAt], ['one', ['a'], true, 1]);
    assert.deepEqual([two?.content, two?.tags], ['two', ['theirs']]);
    assert.equal(await countMovable(here.store, there.store), 0);
    assert.equal(await copyMovable(here.store, there.store), 0);
  });

  it('leaves deleted what was deleted there', async () => {
    const { contentHash } = await here.store.store({ content: 'gone' });
    await there.store.store({ content: 'gone' });
    await there.store.delete([contentHash]);
    assert.equal(await countMovable(here.store, there.store), 0);
    assert.equal(await copyMovable(here.store, there.store), 0);
    assert.deepEqual(await contentsThere(), []);
  });

  it('keeps what replaced what, and the links between what may leave', async () => {
    const [old, secret] = await here.store.storeMany([
      { content: 'Deploys go out on Mondays' },
      { content: 'The password lies in the safe', localOnly: true },
    ]);
    assert.ok(old && secret);
    const { contentHash } = await here.store.store({
      content: 'Deploys go out on Tuesdays',
      supersedes: old.contentHash,
    });
    await here.store.link({ source: contentHash, target: old.contentHash, relation: 'contradicts' });
    await here.store.link({ source: contentHash, target: secret.contentHash });
    await copyMovable(here.store, there.store);
    const [copy] = await there.store.get([old.contentHash]);
    assert.equal(copy?.supersededBy, contentHash);
    assert.deepEqual(
      (await there.store.related(contentHash)).map(({ target, relation }) => [target, relation]),
      [[old.contentHash, 'contradicts']],
    );
  });
});
