import assert from 'node:assert/strict';
import type { MemoryLink } from '../../../src/memory/memory.ts';
import { refusal, useStore } from '../support/testStore.ts';

describe('links between memories', () => {
  const test = useStore();
  let hash: Record<string, string> = {};
  const of = (name: string) => hash[name] ?? name.repeat(64);
  const link = (source: string, target: string, relation?: string) =>
    test.store.link({ source: of(source), target: of(target), relation });
  const shown = (links: readonly MemoryLink[]) => {
    const names = new Map(Object.entries(hash).map(([name, value]) => [value, name]));
    return links.map(({ source, target }) => `${names.get(source)}${names.get(target)}`).sort();
  };

  beforeEach(async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const results = await test.store.storeMany(names.map((content) => ({ content })));
    hash = Object.fromEntries(names.map((name, i) => [name, results[i]?.contentHash ?? '']));
  });

  it('have a direction, a relation, a similarity and metadata', async () => {
    const made = await test.store.link({
      source: of('a'),
      target: of('b'),
      relation: 'causes',
      similarity: 0.25,
      metadata: { why: ['x', null] },
    });
    assert.ok(made.createdAt > 1e9);
    assert.deepEqual(
      { ...made, createdAt: 0 },
      {
        source: of('a'),
        target: of('b'),
        relation: 'causes',
        similarity: 0.25,
        metadata: { why: ['x', null] },
        createdAt: 0,
      },
    );
    for (const end of ['a', 'b']) assert.deepEqual(await test.store.related(of(end)), [made]);
    assert.deepEqual(
      test.sql('SELECT connection_types AS types, relationship_type AS type FROM memory_graph'),
      [{ types: '["causes"]', type: 'causes' }],
    );
  });

  it('are `related` with similarity 1 unless said otherwise', async () => {
    const made = await link('a', 'b');
    assert.deepEqual([made.relation, made.similarity, made.metadata], ['related', 1, {}]);
  });

  it('are one for each pair and direction: linking again replaces it and keeps its time', async () => {
    const first = await link('a', 'b', 'causes');
    await link('b', 'a', 'follows');
    const again = await link('a', 'b', 'fixes');
    assert.deepEqual(again, { ...first, relation: 'fixes' });
    assert.equal((await test.store.related(of('a'))).length, 2);
  });

  it('are refused to a memory itself, to none and to a deleted one', async () => {
    await test.store.delete([of('c')]);
    await assert.rejects(link('a', 'a'), refusal('invalid-input'));
    for (const [source, target] of [
      ['a', 'z'],
      ['z', 'a'],
      ['a', 'c'],
    ] as const)
      await assert.rejects(link(source, target), refusal('not-found'));
    for (const wrong of [
      { relation: '' },
      { relation: '\ud800' },
      { similarity: 2 },
      { similarity: NaN },
      { metadata: { x: undefined } },
    ])
      await assert.rejects(
        test.store.link({ source: of('a'), target: of('b'), ...wrong }),
        refusal('invalid-input'),
      );
    assert.deepEqual(test.sql('SELECT count(*) AS n FROM memory_graph'), [{ n: 0 }]);
  });

  it('can be added many at once: only those that are not there, between live memories', async () => {
    await link('a', 'b');
    await test.store.delete([of('c')]);
    const pairs = ['ab', 'ba', 'bd', 'bc', 'az', 'dd'].map((pair) => pair.split('').map(of));
    await test.store.linkMany(
      pairs.map(([source = '', target = '']) => ({ source, target, relation: 'follows', similarity: 0.5 })),
    );
    assert.deepEqual(shown(await test.store.related(of('b'))).sort(), ['ab', 'ba', 'bd']);
    const [, back] = await test.store.related(of('a'));
    assert.deepEqual([back?.relation, back?.similarity, back?.metadata], ['follows', 0.5, {}]);
    assert.equal(
      test.sql(`SELECT count(*) AS n FROM memory_graph WHERE relationship_type = 'related'`)[0]?.['n'],
      1,
    );
  });

  it('can be removed, in their direction only', async () => {
    await link('a', 'b');
    assert.equal(await test.store.unlink(of('b'), of('a')), false);
    assert.equal(await test.store.unlink(of('a'), of('b')), true);
    assert.equal(await test.store.unlink(of('a'), of('b')), false);
    assert.deepEqual(await test.store.related(of('a')), []);
  });

  it('are followed in both directions as many steps as asked, each once', async () => {
    for (const [source, target] of ['ab', 'cb', 'cd', 'de', 'ef', 'fg', 'ga'].map((pair) => pair.split('')))
      await link(source ?? '', target ?? '');
    assert.deepEqual(shown(await test.store.related(of('b'))), ['ab', 'cb']);
    assert.deepEqual(shown(await test.store.related(of('b'), 2)), ['ab', 'cb', 'cd', 'ga']);
    assert.deepEqual(shown(await test.store.related(of('b'), 5)), ['ab', 'cb', 'cd', 'de', 'ef', 'fg', 'ga']);
    assert.deepEqual(await test.store.related(of('z')), []);
  });

  it('are followed 1 to 5 steps', async () => {
    for (const hops of [0, 6, 1.5, NaN, -1])
      await assert.rejects(test.store.related(of('a'), hops), refusal('invalid-input'));
  });

  it('are followed in time through a large graph', async function () {
    this.retries(2); // other programs may take the time
    test.sql(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO memory_graph (source_hash, target_hash, similarity, connection_types, created_at)
      SELECT printf('%064d', i / 3), printf('%064d', i + 1), 1, '[]', 0 FROM n`);
    const start = performance.now();
    const links = await test.store.related('0'.repeat(64), 5);
    assert.ok(performance.now() - start < 1000);
    // A tree of three children each.
    assert.equal(links.length, 3 + 9 + 27 + 81 + 243);
  });

  it('that another program wrote with broken metadata read as without', async () => {
    await link('a', 'b');
    for (const metadata of ['{broken', '[1]', 'null', null]) {
      test.sql('UPDATE memory_graph SET metadata = ?, relationship_type = NULL', metadata);
      const [read] = await test.store.related(of('a'));
      assert.deepEqual([read?.metadata, read?.relation], [{}, 'related']);
    }
  });
});

describe('the history of a memory', () => {
  const test = useStore();

  it('tells earlier versions from what somebody deleted, also once they lived again', async () => {
    const first = await test.stored({ content: 'first' });
    const other = await test.stored({ content: 'other' });
    const second = await test.store.update(first.contentHash, { content: 'second' });
    await test.store.delete([other.contentHash]);
    const counts = async (): Promise<number[]> => [
      await test.store.count({ state: 'deleted', replaced: true }),
      await test.store.count({ state: 'deleted', replaced: false }),
    ];
    assert.deepEqual(await counts(), [1, 1]);
    await test.store.delete([second.contentHash]);
    assert.deepEqual(await counts(), [1, 2]);
    await test.store.restore([first.contentHash]);
    await test.store.delete([first.contentHash]);
    assert.deepEqual(await counts(), [0, 3]);
  });

  it('tells what superseded what, also in a cycle and over branches', async () => {
    const a = await test.stored({ content: 'a' });
    const b = await test.stored({ content: 'b', supersedes: a.contentHash });
    const c = await test.stored({ content: 'c', supersedes: a.contentHash });
    await test.store.store({ content: 'a', supersedes: c.contentHash });
    const steps = (await test.store.history(b.contentHash)).map(({ contentHash, replacedBy, reason }) => [
      contentHash,
      replacedBy,
      reason,
    ]);
    assert.deepEqual(steps, [
      [a.contentHash, b.contentHash, 'superseded'],
      [a.contentHash, c.contentHash, 'superseded'],
      [c.contentHash, a.contentHash, 'superseded'],
    ]);
    assert.equal((await test.get(a.contentHash)).supersededBy, c.contentHash);
  });

  it('is empty for a memory that replaced nothing, and for none', async () => {
    const { contentHash } = await test.stored({ content: 'x' });
    assert.deepEqual(await test.store.history(contentHash), []);
    assert.deepEqual(await test.store.history('f'.repeat(64)), []);
  });

  it('takes no notice of a memory that replaces itself, or one that never was', async () => {
    const { contentHash } = await test.stored({ content: 'x' });
    await test.store.store({ content: 'X', supersedes: contentHash });
    await test.store.store({ content: 'y', supersedes: 'f'.repeat(64) });
    assert.deepEqual(test.sql('SELECT * FROM em_lineage'), []);
    assert.equal((await test.get(contentHash)).supersededBy, undefined);
  });
});
