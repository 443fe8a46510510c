import assert from 'node:assert/strict';
import type { TagChange } from '../../../src/memory/memory.ts';
import { carryOut, planRenaming } from '../../../src/memory/renamingTags.ts';
import { undoOf } from '../../../src/memory/retagging.ts';
import { refusal, useStore } from '../support/testStore.ts';

describe('renaming tags', () => {
  const test = useStore();
  const allTags = async (): Promise<string[][]> =>
    (await test.store.list({ order: 'oldest' })).items.map(({ tags }) => [...tags].sort());
  const rename = async (from: readonly string[], to: string | undefined): Promise<TagChange[]> => {
    const done: TagChange[] = [];
    for await (const changes of carryOut(test.store, await planRenaming(test.store, from, to)))
      done.push(...changes);
    return done;
  };

  beforeEach(async () => {
    await test.store.storeMany([
      { content: 'one', tags: ['area', 'area:api'], createdAt: 1, project: 'p' },
      { content: 'two', tags: ['area:api:v1', 'other'], createdAt: 2 },
      { content: 'three', tags: ['areas', 'part:api'], createdAt: 3 },
    ]);
  });

  it('says first what becomes of which tags, and which memories change', async () => {
    const { tags, memories, examples } = await planRenaming(test.store, ['area'], ' Part ');
    assert.deepEqual(
      tags.map(({ from, to, count, merges }) => [from, to, count, merges]),
      [
        ['area', 'part', 1, false],
        ['area:api', 'part:api', 1, true],
        ['area:api:v1', 'part:api:v1', 1, false],
      ],
    );
    assert.equal(memories, 2);
    assert.deepEqual(
      examples.map(({ content }) => content),
      ['two', 'one'],
    );
    assert.deepEqual(await allTags(), [
      ['area', 'area:api', 'proj:p'],
      ['area:api:v1', 'other'],
      ['areas', 'part:api'],
    ]);
  });

  it('takes the tags below along, and nothing that only begins alike', async () => {
    const done = await rename(['area'], 'part');
    assert.equal(done.length, 2);
    assert.deepEqual(await allTags(), [
      ['part', 'part:api', 'proj:p'],
      ['other', 'part:api:v1'],
      ['areas', 'part:api'],
    ]);
  });

  it('can be undone exactly, also where tags were merged', async () => {
    const before = await allTags();
    const done = await rename(['area', 'other', 'part'], 'areas');
    assert.notDeepEqual(await allTags(), before);
    await test.store.retag(done.map(undoOf));
    assert.deepEqual(await allTags(), before);
  });

  it('moves a tag below itself', async () => {
    await rename(['area'], 'area:old');
    assert.deepEqual((await allTags())[0], ['area:old', 'area:old:api', 'proj:p']);
    assert.deepEqual((await allTags())[1], ['area:old:api:v1', 'other']);
  });

  it('takes tags away', async () => {
    await rename(['area:api'], undefined);
    assert.deepEqual((await allTags()).slice(0, 2), [['area', 'proj:p'], ['other']]);
  });

  it('goes through thousands of memories in pages', async () => {
    await test.store.storeMany(
      Array.from({ length: 2500 }, (_, i) => ({ content: `m${i}`, tags: ['many'] })),
    );
    const plan = await planRenaming(test.store, ['many'], 'few');
    const sizes: number[] = [];
    for await (const changes of carryOut(test.store, plan)) sizes.push(changes.length);
    assert.deepEqual(sizes, [1000, 1000, 500]);
    assert.equal(await test.store.count({ tags: ['few'] }), 2500);
  });

  it('changes nothing where the name stays, or there is no such tag', async () => {
    assert.equal((await planRenaming(test.store, ['area'], 'Area')).memories, 0);
    assert.equal((await planRenaming(test.store, ['unknown'], 'x')).memories, 0);
  });

  it('refuses a name that is empty, too long below or a project', async () => {
    for (const to of [' ', 'proj:x', 'x'.repeat(95)])
      await assert.rejects(planRenaming(test.store, ['area'], to), refusal('invalid-input'));
  });
});
