import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contentHashOf } from '../../../src/memory/contentHash.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import type { Memory, MemoryPatch, NewMemory } from '../../../src/memory/memory.ts';
import { soakRuns, useStore } from '../support/testStore.ts';

/** Printed, so that a failure can be had again: EDGE_MEMORY_SEED=… */
const seed = Number(process.env['EDGE_MEMORY_SEED'] ?? Date.now() % 2 ** 31);

const SMALL = ['walrus', 'Walrus ', 'ocelot', 'pangolin', 'zebra one', 'zebra two', '数据库'];
const LARGE = `large ${'lynx '.repeat(220_000)}`;
const content = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...SMALL) },
  { weight: 1, arbitrary: fc.constant(LARGE) },
);
const tags = fc.subarray(['a', 'b', 'c']);
const project = fc.constantFrom('p', 'q');
const memory: fc.Arbitrary<NewMemory> = fc.record(
  {
    content,
    tags,
    project,
    memoryType: fc.constantFrom('note', 'decision'),
    metadata: fc.constantFrom({ a: 1 }, { b: null }, {}),
    pinned: fc.boolean(),
    supersedes: content.map(contentHashOf),
  },
  { requiredKeys: ['content'], noNullPrototype: true },
);
const patch: fc.Arbitrary<MemoryPatch> = fc.record(
  {
    content,
    addTags: tags,
    removeTags: tags,
    project: fc.option(project),
    memoryType: fc.option(fc.constant('note')),
    metadata: fc.constantFrom({ a: null }, { c: [1] }),
    pinned: fc.boolean(),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const hashes = fc.array(content.map(contentHashOf), { minLength: 1, maxLength: 3 });
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ store: fc.array(memory, { minLength: 1, maxLength: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ update: content.map(contentHashOf), patch }) },
  { weight: 3, arbitrary: fc.record({ delete: hashes }) },
  { weight: 2, arbitrary: fc.record({ restore: hashes }) },
  { weight: 1, arbitrary: fc.record({ purge: hashes }) },
  {
    weight: 2,
    arbitrary: fc.record({ link: content.map(contentHashOf), target: content.map(contentHashOf) }),
  },
  { weight: 1, arbitrary: fc.constant({ embed: true }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const TABLES =
  'memories tags em_info em_lineage memory_graph em_embed_queue em_local_objects em_local_vectors'.split(' ');

describe('any sequence of operations', function () {
  this.timeout(600_000);
  const test = useStore({ shared: true });

  const run = async (step: Operation): Promise<unknown> => {
    const { store } = test;
    if ('store' in step) return store.storeMany(step.store);
    if ('update' in step) return store.update(step.update, step.patch);
    if ('delete' in step) return store.delete(step.delete);
    if ('restore' in step) return store.restore(step.restore);
    if ('purge' in step) return store.purge(step.purge);
    if ('link' in step) return store.link({ source: step.link, target: step.target });
    return store.embedPending();
  };

  const allOf = async (state: 'live' | 'deleted'): Promise<Memory[]> => {
    const all: Memory[] = [];
    for await (const each of test.store.iterate({ state })) all.push(each);
    return all;
  };

  const agrees = async (): Promise<void> => {
    const { store } = test;
    const [live, deleted] = [await allOf('live'), await allOf('deleted')];
    assert.deepEqual((await store.verify()).problems, []);
    const stats = await store.stats();
    assert.deepEqual(
      [stats.live, stats.deleted, stats.pinned],
      [live.length, deleted.length, live.filter(({ pinned }) => pinned).length],
    );

    const counts: Record<string, number> = {};
    for (const tag of live.flatMap((each) => each.tags)) counts[tag] = (counts[tag] ?? 0) + 1;
    const facets = [
      ...(await store.facets('tags')).items,
      ...(await store.facets('projects')).items.map(({ name, count }) => ({ name: `proj:${name}`, count })),
    ];
    assert.deepEqual(Object.fromEntries(facets.map(({ name, count }) => [name, count])), counts);

    for (const each of [...live, ...deleted]) {
      assert.equal(each.contentHash, contentHashOf(each.content));
      assert.notEqual(each.supersededBy, each.contentHash);
      if (each.supersededBy !== undefined) assert.equal((await store.get([each.supersededBy])).length, 1);
      for (const { source, target } of await store.related(each.contentHash)) assert.notEqual(source, target);
    }
    await store.embedPending();
    for (const word of ['walrus', 'ocelot', 'pangolin', 'zebra', '数据库', 'lynx'])
      for (const mode of ['keyword', 'exact', 'meaning'] as const) {
        const { hits } = await store.search({ query: word, mode });
        const found = hits.map(({ memory: hit }) => hit.contentHash).sort();
        const expected = live
          .filter((each) => each.content.toLowerCase().includes(word))
          .map(({ contentHash }) => contentHash);
        assert.deepEqual(found, expected.sort(), `${mode} ${word}`);
      }
  };

  const emptied = async (): Promise<void> => {
    const contentHashes = [...SMALL, LARGE].map(contentHashOf);
    await test.store.delete(contentHashes);
    await test.store.purge(contentHashes);
    for (const table of TABLES)
      assert.deepEqual(test.sql(`SELECT count(*) AS n FROM ${table}`), [{ n: 0 }], table);
  };

  it(`leaves a store in which everything agrees (seed ${seed})`, async () => {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 25 }), async (steps) => {
        await emptied();
        for (const step of steps)
          try {
            await run(step);
            done++;
          } catch (error) {
            if (!MemoryError.is(error, 'not-found') && !MemoryError.is(error, 'invalid-input')) throw error;
          }
        await agrees();
      }),
      { numRuns: soakRuns(300), seed },
    );
    assert.ok(done > 0);
    assert.deepEqual(test.sql('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
  });
});
