import assert from 'node:assert/strict';
import { contentHashOf } from '../../../src/memory/contentHash.ts';
import type { Memory } from '../../../src/memory/memory.ts';
import { useStore } from '../support/testStore.ts';

describe('editing the content of a memory', () => {
  const test = useStore();
  let old: Memory;
  const edit = (from: string, to: string) => test.store.update(contentHashOf(from), { content: to });
  const found = async (query: string) =>
    (await test.store.search({ query, mode: 'keyword' })).hits.map(({ memory }) => memory.content);

  beforeEach(async () => {
    old = await test.stored({
      content: 'Deploy on Friday',
      tags: ['a'],
      project: 'p',
      memoryType: 'note',
      metadata: { k: 1 },
      createdAt: 1000,
      pinned: true,
      source: { client: 'cli' },
    });
  });

  it('makes a new record with everything that the old one had, and deletes that', async () => {
    const edited = await test.store.update(old.contentHash, { content: 'Deploy on Monday', addTags: ['b'] });
    const contentHash = contentHashOf('Deploy on Monday');
    assert.deepEqual(
      { ...edited, updatedAt: 0 },
      { ...old, contentHash, content: 'Deploy on Monday', tags: ['a', 'proj:p', 'b'], updatedAt: 0 },
    );
    assert.deepEqual((await test.store.list({})).items, [edited]);
    assert.ok((await test.get(old.contentHash)).deletedAt !== undefined);
    assert.deepEqual(await found('monday'), ['Deploy on Monday']);
    assert.deepEqual(await found('friday'), []);
  });

  it('keeps its creation time in the row, where other programs read it', async () => {
    const { contentHash } = await edit('Deploy on Friday', 'Deploy on Monday');
    assert.deepEqual(
      test.sql(
        'SELECT created_at AS s, created_at_iso AS iso, vector_id AS v, tags FROM memories WHERE content_hash = ?',
        contentHash,
      ),
      [{ s: 1000, iso: '1970-01-01T00:16:40.000Z', v: contentHash, tags: 'a,proj:p' }],
    );
  });

  it('remembers what became what', async () => {
    const second = await edit('Deploy on Friday', 'Deploy on Monday');
    const third = await edit('Deploy on Monday', 'Deploy never');
    const steps = [
      { contentHash: old.contentHash, replacedBy: second.contentHash, reason: 'edited' },
      { contentHash: second.contentHash, replacedBy: third.contentHash, reason: 'edited' },
    ];
    for (const { contentHash } of [old, second, third]) {
      const history = await test.store.history(contentHash);
      assert.deepEqual(
        history.map((step) => ({
          contentHash: step.contentHash,
          replacedBy: step.replacedBy,
          reason: step.reason,
        })),
        steps,
      );
      assert.ok(history.every(({ at }, i) => at >= (history[i - 1]?.at ?? 1000)));
    }
  });

  it('takes the links in the graph along', async () => {
    const [a, b] = [await test.stored({ content: 'a' }), await test.stored({ content: 'b' })];
    await test.store.link({ source: a.contentHash, target: old.contentHash, relation: 'causes' });
    await test.store.link({ source: old.contentHash, target: b.contentHash, relation: 'fixes' });
    const edited = await edit('Deploy on Friday', 'Deploy on Monday');
    const links = await test.store.related(edited.contentHash);
    assert.deepEqual(
      links.map(({ source, target, relation }) => [source, relation, target]).sort(),
      [
        [a.contentHash, 'causes', edited.contentHash],
        [edited.contentHash, 'fixes', b.contentHash],
      ].sort(),
    );
    assert.deepEqual(await test.store.related(old.contentHash), []);
  });

  it('does not link a memory to itself when the text becomes that of a linked one', async () => {
    const other = await test.stored({ content: 'other' });
    const third = await test.stored({ content: 'third' });
    await test.store.link({ source: old.contentHash, target: other.contentHash });
    await test.store.link({ source: old.contentHash, target: third.contentHash, relation: 'theirs' });
    await test.store.link({ source: other.contentHash, target: third.contentHash, relation: 'own' });
    await edit('Deploy on Friday', 'Other');
    assert.deepEqual(
      (await test.store.related(other.contentHash)).map(({ target, relation }) => [target, relation]),
      [[third.contentHash, 'own']],
    );
  });

  it('goes back to the first text, and comes out as it was', async () => {
    await edit('Deploy on Friday', 'Deploy on Monday');
    const back = await edit('Deploy on Monday', 'Deploy on Friday');
    assert.deepEqual({ ...back, updatedAt: 0 }, { ...old, updatedAt: 0 });
    assert.equal(await test.store.count({}), 1);
    assert.equal((await test.store.history(old.contentHash)).length, 2);
  });

  it('goes back and forth without taking up what was given up in between', async () => {
    const { contentHash } = await edit('Deploy on Friday', 'Deploy on Monday');
    await test.store.update(contentHash, {
      pinned: false,
      tags: ['b'],
      memoryType: null,
      metadata: { k: null, l: 2 },
    });
    const back = await edit('Deploy on Monday', 'Deploy on Friday');
    assert.equal(back.pinned, false);
    assert.deepEqual(back.tags, ['b']);
    assert.equal(back.memoryType, undefined);
    assert.deepEqual(back.metadata, { l: 2 });
    assert.deepEqual(await found('friday'), ['Deploy on Friday']);
    assert.deepEqual((await test.store.verify()).problems, []);
  });

  it('merges into a memory that has this text already', async () => {
    await test.stored({
      content: 'Deploy on Monday',
      tags: ['m'],
      metadata: { m: 1, k: 0 },
      createdAt: 500,
      memoryType: 'plan',
    });
    const merged = await edit('Deploy on Friday', 'deploy on MONDAY');
    assert.equal(merged.content, 'deploy on MONDAY');
    assert.deepEqual([...merged.tags].sort(), ['a', 'm', 'proj:p']);
    assert.deepEqual(merged.metadata, { m: 1, k: 1 });
    assert.equal(merged.createdAt, 500);
    assert.equal(merged.memoryType, 'note');
    assert.equal(merged.pinned, true);
    assert.equal(await test.store.count({}), 1);
  });

  it('keeps the older of two creation times when it merges', async () => {
    await test.stored({ content: 'Deploy on Monday', createdAt: 2000 });
    const { contentHash, createdAt } = await edit('Deploy on Friday', 'Deploy on Monday');
    assert.equal(createdAt, 1000);
    assert.deepEqual(
      test.sql('SELECT created_at_iso AS iso FROM memories WHERE content_hash = ?', contentHash),
      [{ iso: '1970-01-01T00:16:40.000Z' }],
    );
  });

  it('lets what it replaced be replaced by the new text', async () => {
    const older = await test.stored({ content: 'Deploy on Thursday' });
    await test.store.store({ content: 'Deploy on Friday', supersedes: older.contentHash });
    const edited = await edit('Deploy on Friday', 'Deploy on Monday');
    assert.equal((await test.get(older.contentHash)).supersededBy, edited.contentHash);
  });

  it('stays superseded by what superseded it', async () => {
    const newer = await test.stored({ content: 'Deploy always', supersedes: old.contentHash });
    const edited = await edit('Deploy on Friday', 'Deploy on Fridays');
    assert.equal(edited.supersededBy, newer.contentHash);
  });

  it('is never superseded by itself', async () => {
    const newer = await test.stored({ content: 'Deploy on Monday', supersedes: old.contentHash });
    assert.equal((await test.get(old.contentHash)).supersededBy, newer.contentHash);
    assert.equal((await edit('Deploy on Monday', 'Deploy on Friday')).supersededBy, undefined);
    assert.equal((await edit('Deploy on Friday', 'Deploy on Monday')).supersededBy, undefined);
  });

  it('moves its vector along', async () => {
    await test.store.embedPending();
    const edited = await edit('Deploy on Friday', 'Bake a cake');
    const byMeaning = async (query: string) =>
      (await test.store.search({ query, mode: 'meaning' })).hits.map(({ memory }) => memory.contentHash);
    assert.deepEqual(await byMeaning('deploy friday'), []);
    await test.store.embedPending();
    assert.deepEqual(await byMeaning('bake cake'), [edited.contentHash]);
    assert.deepEqual((await test.store.stats()).embedding, {
      space: 'bag-of-words',
      embedded: 1,
      pending: 0,
    });
  });
});
