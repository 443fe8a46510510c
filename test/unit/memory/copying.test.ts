import assert from 'node:assert/strict';
import { type CopyOptions, copyPlanned, planCopy } from '../../../src/memory/copying.ts';
import { useStore } from '../support/testStore.ts';

describe('copying memories to another store', () => {
  const here = useStore();
  const there = useStore();

  const copy = async (options?: CopyOptions): Promise<number> =>
    copyPlanned(here.store, there.store, await planCopy(here.store, there.store), options);
  const missing = async (): Promise<number> => (await planCopy(here.store, there.store)).missing.length;
  const contentsThere = async (): Promise<string[]> =>
    (await there.store.list({ order: 'oldest' })).items.map(({ content }) => content);

  it('takes what may leave and is not there yet, and says how many that is', async () => {
    await here.store.storeMany([
      { content: 'one', createdAt: 1, tags: ['a'], pinned: true },
      { content: 'two', createdAt: 2 },
      { content: 'secret', createdAt: 3, localOnly: true },
    ]);
    await there.store.store({ content: 'two', createdAt: 2, tags: ['theirs'] });
    assert.equal(await missing(), 1);
    const steps: number[] = [];
    assert.equal(await copy({ onBatch: (copied) => steps.push(copied) }), 1);
    assert.deepEqual(steps, [1]);
    const [one, two] = (await there.store.list({ order: 'oldest' })).items;
    assert.deepEqual([one?.content, one?.tags, one?.pinned, one?.createdAt], ['one', ['a'], true, 1]);
    assert.deepEqual([two?.content, two?.tags], ['two', ['theirs']]);
    assert.equal(await missing(), 0);
    assert.equal(await copy(), 0);
  });

  it('takes all tags of one that got more by being stored again than are taken at once', async () => {
    for (const first of [0, 90, 180]) {
      const tags = Array.from({ length: 90 }, (_, i) => `tag ${first + i}`);
      await here.store.store({ content: 'seen everywhere', tags });
    }
    assert.equal(await copy(), 1);
    const [copied] = (await there.store.list({})).items;
    assert.equal(copied?.tags.length, 270);
  });

  it('leaves deleted what was deleted there', async () => {
    const { contentHash } = await here.store.store({ content: 'gone' });
    await there.store.store({ content: 'gone' });
    await there.store.delete([contentHash]);
    assert.equal(await missing(), 0);
    assert.equal(await copy(), 0);
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
    await copy();
    const [copied] = await there.store.get([old.contentHash]);
    assert.equal(copied?.supersededBy, contentHash);
    assert.deepEqual(
      (await there.store.related(contentHash)).map(({ target, relation }) => [target, relation]),
      [[old.contentHash, 'contradicts']],
    );
  });

  it('keeps the links between what was copied before an interruption and after it, few at a time', async () => {
    const results = await here.store.storeMany(
      Array.from({ length: 250 }, (_, i) => ({ content: `memory ${i}`, createdAt: i + 1 })),
    );
    const hash = (i: number): string => results[i]?.contentHash ?? '';
    for (const [source, target] of [
      [0, 1],
      [199, 210],
      [240, 249],
    ] as const)
      await here.store.link({ source: hash(source), target: hash(target) });
    const stopped = new AbortController();
    await assert.rejects(copy({ onBatch: () => stopped.abort(), signal: stopped.signal }));
    assert.equal(await missing(), 50);
    assert.equal((await there.store.related(hash(0))).length, 1);
    assert.equal(await copy(), 50);
    for (const i of [0, 199, 249]) assert.equal((await there.store.related(hash(i))).length, 1);
  });
});
