import assert from 'node:assert/strict';
import { DividedStore } from '../../../src/memory/dividedStore.ts';
import type { SearchQuery, StoreEvent } from '../../../src/memory/memory.ts';
import { refusal, useStore } from '../support/testStore.ts';

describe('a store elsewhere, less what stays on this machine', () => {
  const here = useStore();
  const there = useStore();
  let store: DividedStore;
  let makes = 0;

  beforeEach(() => {
    makes = 0;
    store = new DividedStore({
      there: there.store,
      here: () => Promise.resolve(here.store),
      makeHere: () => {
        makes++;
        return Promise.resolve(here.store);
      },
    });
  });

  const contentsOf = async ({ store: side }: typeof here): Promise<string[]> =>
    (await side.list({ order: 'oldest' })).items.map(({ content }) => content);

  it('keeps marked memories and those of kept projects here, and answers in the order of the input', async () => {
    await store.keepProjectLocal('hush', true);
    const events: StoreEvent[] = [];
    store.onDidChange((event) => events.push(event));
    const results = await store.storeMany([
      { content: 'a' },
      { content: 'b', localOnly: true },
      { content: 'c', project: 'Hush' },
      { content: 'd' },
      { content: 'e', tags: ['PROJ:hush'] },
    ]);
    const memories = await store.get(results.map(({ contentHash }) => contentHash));
    assert.deepEqual(memories.map(({ content }) => content).join(''), 'abcde');
    assert.deepEqual((await contentsOf(here)).sort(), ['b', 'c', 'e']);
    assert.deepEqual((await contentsOf(there)).sort(), ['a', 'd']);
    assert.ok(
      events.some((event) => event.kind === 'warning' && event.message.includes('this machine only')),
    );
  });

  it('knows the same content again, deleted too', async () => {
    const { contentHash } = await store.store({ content: 'Secret', localOnly: true });
    assert.equal((await store.store({ content: ' secret ' })).outcome, 'merged');
    assert.deepEqual(await store.delete([contentHash]), [contentHash]);
    assert.equal((await store.store({ content: 'Secret' })).outcome, 'revived');
    assert.deepEqual(await contentsOf(there), []);
  });

  it('stores nothing on either side where one of them is not valid', async () => {
    for (const wrong of [{ content: 'wrong', createdAt: Infinity }, { content: ' ' }])
      await assert.rejects(
        store.storeMany([{ content: 'good' }, { ...wrong, localOnly: true }]),
        refusal('invalid-input'),
      );
    assert.deepEqual([await contentsOf(here), await contentsOf(there)], [[], []]);
  });

  it('refuses to mark what has left', async () => {
    await store.keepProjectLocal('hush', true);
    const { contentHash } = await store.store({ content: 'left' });
    for (const patch of [{ localOnly: true }, { project: 'hush' }, { addTags: ['proj:hush'] }])
      await assert.rejects(store.update(contentHash, patch), refusal('conflict'));
    const change = { contentHash, add: ['proj:hush'], remove: [] };
    await assert.rejects(store.retag([change]), refusal('conflict'));
    assert.deepEqual((await store.update(contentHash, { addTags: ['x'] })).tags, ['x']);
  });

  it('changes, tags, finds by hash, deletes, restores and purges on the side where each lies', async () => {
    const [left, stayed] = await store.storeMany([
      { content: 'left' },
      { content: 'stayed', localOnly: true },
    ]);
    assert.ok(left && stayed);
    const both = [left.contentHash, stayed.contentHash];
    await store.update(stayed.contentHash, { addTags: ['here'] });
    await store.retag(both.map((contentHash) => ({ contentHash, add: ['both'], remove: [] })));
    assert.deepEqual(
      (await store.get(both)).map(({ tags }) => tags.join()),
      ['both', 'here,both'],
    );
    for (const hash of both) assert.deepEqual(await store.resolve(hash.slice(0, 12)), [hash]);
    assert.deepEqual((await store.delete(both)).sort(), both.toSorted());
    assert.deepEqual((await store.restore(both)).sort(), both.toSorted());
    await store.delete(both);
    assert.deepEqual((await store.purge(both)).sort(), both.toSorted());
    assert.deepEqual(await store.get(both), []);
    assert.equal((await there.store.facets('tags')).items.length, 0);
  });

  it('sends up what is told to need not stay any longer: it would be out of sight here', async () => {
    const marked = { content: 'marked', localOnly: true, tags: ['a'], pinned: true, createdAt: 7 };
    const { contentHash } = await store.store(marked);
    const sent = await store.update(contentHash, { localOnly: false });
    assert.deepEqual([sent.content, sent.localOnly, sent.pinned], ['marked', false, true]);
    const [memory] = await there.store.get([contentHash]);
    assert.deepEqual([memory?.tags, memory?.pinned, memory?.createdAt], [['a'], true, 7]);
    assert.equal((await store.search({ query: 'marked' })).hits.length, 1);
    assert.deepEqual(await store.delete([contentHash]), [contentHash]);
  });

  it('sends it up with all of its tags, however many it came to have', async () => {
    const tags = Array.from({ length: 120 }, (_, i) => `tag-${i}`);
    await store.store({ content: 'marked', localOnly: true, tags: tags.slice(0, 60) });
    const { contentHash } = await store.store({ content: 'marked', localOnly: true, tags: tags.slice(60) });
    await store.update(contentHash, { localOnly: false });
    assert.deepEqual((await there.store.get([contentHash]))[0]?.tags.toSorted(), tags.toSorted());
  });

  it('keeps it here, and in sight, where it can not be sent', async () => {
    const { contentHash } = await store.store({ content: 'marked', localOnly: true });
    there.store.storeMany = () => Promise.reject(new Error('offline'));
    await assert.rejects(store.update(contentHash, { localOnly: false, addTags: ['x'] }), /offline/);
    const [memory] = await store.get([contentHash]);
    assert.deepEqual([memory?.localOnly, memory?.tags], [true, ['x']]);
  });

  it('keeps here, and in sight, what leaves a project that is to stay', async () => {
    await store.keepProjectLocal('hush', true);
    const results = await store.storeMany(['a', 'b', 'c'].map((content) => ({ content, project: 'hush' })));
    const [a = '', b = '', c = ''] = results.map(({ contentHash }) => contentHash);
    await store.update(a, { project: 'loud' });
    assert.equal((await store.update(b, { tags: ['out'] })).localOnly, true);
    assert.deepEqual(await store.retag([{ contentHash: c, add: [], remove: ['proj:hush'] }]), [c]);
    assert.deepEqual(await contentsOf(there), []);
    assert.deepEqual(
      (await store.get([a, b, c])).map(({ tags, localOnly }) => [tags.join(), localOnly]),
      [
        ['proj:loud', true],
        ['out', true],
        ['', true],
      ],
    );
  });

  it('finds once, and deletes everywhere, what had left before its project was to stay', async () => {
    const before = { content: 'the harbour of dover', project: 'hush' };
    const { contentHash } = await here.store.store(before);
    await there.store.store(before);
    await store.keepProjectLocal('hush', true);
    const found = await store.search({ query: 'harbour' });
    assert.deepEqual(
      found.hits.map(({ memory }) => [memory.contentHash, memory.localOnly]),
      [[contentHash, true]],
    );
    assert.deepEqual(await store.delete([contentHash]), [contentHash]);
    assert.deepEqual([await contentsOf(here), await contentsOf(there)], [[], []]);
    assert.deepEqual(await store.restore([contentHash]), [contentHash]);
    assert.deepEqual([await contentsOf(here), await contentsOf(there)], [['the harbour of dover'], []]);
    await store.delete([contentHash]);
    assert.deepEqual(await store.purge([contentHash]), [contentHash]);
    assert.deepEqual(await there.store.get([contentHash]), []);
  });

  it('links two memories on the side where both lie, and says why others can not be', async () => {
    const [a, b, c, d] = await store.storeMany([
      { content: 'a', localOnly: true },
      { content: 'b', localOnly: true },
      { content: 'c' },
      { content: 'd' },
    ]);
    assert.ok(a && b && c && d);
    const link = (source: typeof a, target: typeof a) => ({
      source: source.contentHash,
      target: target.contentHash,
    });
    await store.link(link(a, b));
    await store.link(link(c, d));
    assert.equal((await store.related(a.contentHash)).length, 1);
    assert.equal((await store.related(d.contentHash)).length, 1);
    await assert.rejects(store.link(link(a, c)), refusal('conflict'));
    await store.linkMany([link(b, a), link(d, c), link(d, a)]);
    assert.deepEqual(
      [(await store.related(b.contentHash)).length, (await store.related(c.contentHash)).length],
      [2, 2],
    );
    assert.equal(await store.unlink(a.contentHash, b.contentHash), true);
    assert.equal(await store.unlink(c.contentHash, d.contentHash), true);
    assert.equal((await here.store.related(a.contentHash)).length, 1);
  });

  it('looks on this machine for what is like a memory that stays', async () => {
    await store.store({ content: 'the harbour of zanzibar', localOnly: true });
    await store.store({ content: 'the harbour of hamburg' });
    const found = async (localOnly: boolean) => {
      const about = { content: 'a harbour', localOnly };
      return (await store.search({ query: 'harbour', about })).hits.map(({ memory }) => memory.content);
    };
    assert.deepEqual(await found(true), ['the harbour of zanzibar']);
    assert.deepEqual(await found(false), ['the harbour of hamburg']);
  });

  describe('finds what stays among the rest', () => {
    const found = async (query: string, more: Partial<SearchQuery> = {}) =>
      (await store.search({ query, ...more })).hits.map(({ memory }) => memory.content);

    it('by words and by meaning, of its own mark and of its project, within the filter', async () => {
      await store.keepProjectLocal('hush', true);
      await store.storeMany([
        { content: 'the harbour of zanzibar', localOnly: true },
        { content: 'the harbour of dover', project: 'hush', tags: ['port'] },
        { content: 'the harbour of hamburg', tags: ['port'] },
        { content: 'lunch is at noon' },
      ]);
      for (const mode of ['hybrid', 'keyword', 'exact'] as const)
        assert.deepEqual(
          (await found('harbour', { mode })).sort(),
          ['the harbour of dover', 'the harbour of hamburg', 'the harbour of zanzibar'],
          mode,
        );
      assert.deepEqual((await found('harbour', { filter: { tags: ['port'] } })).sort(), [
        'the harbour of dover',
        'the harbour of hamburg',
      ]);
      assert.equal((await found('harbour', { limit: 2 })).length, 2);
      assert.deepEqual((await found('harbour', { filter: { stays: true } })).sort(), [
        'the harbour of dover',
        'the harbour of zanzibar',
      ]);
    });

    it('below what answers more of the question', async () => {
      await store.store({ content: 'the harbour wall', localOnly: true });
      await store.store({ content: 'harbour fees of hamburg for tankers' });
      assert.deepEqual(await found('what are the harbour fees of hamburg', { mode: 'keyword' }), [
        'harbour fees of hamburg for tankers',
        'the harbour wall',
      ]);
    });

    it('with as much of its content as was asked', async () => {
      await store.store({ content: 'zanzibar '.repeat(100), localOnly: true });
      const [hit] = (await store.search({ query: 'zanzibar', contentLimit: 20 })).hits;
      assert.equal(hit?.memory.content.length, 20);
      assert.ok(hit.memory.truncated);
    });

    it('lists and counts it by itself', async () => {
      await store.keepProjectLocal('hush', true);
      await store.storeMany([
        { content: 'a', localOnly: true },
        { content: 'b', project: 'hush' },
        { content: 'c' },
      ]);
      const { items } = await store.list({ filter: { stays: true } });
      assert.deepEqual(items.map(({ content }) => content).sort(), ['a', 'b']);
      assert.equal(await store.count({ stays: true }), 2);
      assert.equal(await store.count({}), 1);
    });
  });

  it('makes no store on this machine to look into it', async () => {
    const without = new DividedStore({
      there: there.store,
      here: () => Promise.resolve(undefined),
      makeHere: () => {
        makes++;
        return Promise.resolve(here.store);
      },
    });
    const { contentHash } = await without.store({ content: 'left' });
    await without.update(contentHash, { pinned: true });
    await without.search({ query: 'left' });
    await without.list({ filter: { stays: true } });
    await without.resolve(contentHash.slice(0, 8));
    await without.delete([contentHash]);
    assert.deepEqual([await without.localProjects(), makes], [[], 0]);
    await without.store({ content: 'stayed', localOnly: true });
    assert.deepEqual([await contentsOf(here), makes], [['stayed'], 1]);
  });

  it('lets nothing leave where the store here can not be opened', async () => {
    const failing = new DividedStore({
      there: there.store,
      here: () => Promise.reject(new Error('damaged')),
      makeHere: () => Promise.reject(new Error('damaged')),
    });
    await assert.rejects(failing.store({ content: 'x' }), /damaged/);
    assert.deepEqual(await contentsOf(there), []);
  });
});
