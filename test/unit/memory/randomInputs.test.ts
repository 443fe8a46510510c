import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contentHashOf } from '../../../src/memory/contentHash.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import type { JsonObject, Memory, NewMemory, SearchMode } from '../../../src/memory/memory.ts';
import { normaliseTags } from '../../../src/memory/tags.ts';
import { soakRuns, useStore } from '../support/testStore.ts';

/** Printed, so that a failure can be had again: EDGE_MEMORY_SEED=… */
const seed = Number(process.env['EDGE_MEMORY_SEED'] ?? Date.now() % 2 ** 31);
const MODES: readonly SearchMode[] = ['hybrid', 'keyword', 'meaning', 'exact'];

const WORDS = [
  'deploy',
  'Friday',
  '数据库',
  '🎉',
  'C++',
  'snake_case',
  '"',
  '*',
  ' ',
  '\n',
  'İ',
  '\u0085',
  'Σ',
];

/** Anything that a string can hold: text as people write it, any characters, and now and then what none should hold. */
const anyText = (maxLength: number) =>
  fc.oneof(
    {
      weight: 20,
      arbitrary: fc.string({ unit: fc.constantFrom(...WORDS), maxLength: Math.ceil(maxLength / 4) }),
    },
    { weight: 10, arbitrary: fc.string({ unit: 'grapheme', maxLength }) },
    { weight: 10, arbitrary: fc.string({ unit: 'binary', maxLength }) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: fc.constantFrom('\u0000', '\ud800', '\udc00', 'a', ' '), maxLength: 3 }),
    },
  );
const anyTime = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: -6e10, max: 2.5e11, noNaN: true }) },
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 2 ** 41 }).map((milliseconds) => milliseconds / 1000) },
  { weight: 1, arbitrary: fc.double() },
);

const memories: fc.Arbitrary<NewMemory> = fc.record(
  {
    content: fc.oneof({ weight: 9, arbitrary: anyText(300) }, { weight: 1, arbitrary: anyText(20_000) }),
    tags: fc.array(anyText(20), { maxLength: 6 }),
    memoryType: anyText(20),
    metadata: fc.dictionary(anyText(10), fc.jsonValue(), {
      maxKeys: 5,
      noNullPrototype: true,
    }),
    createdAt: anyTime,
    project: anyText(20),
    pinned: fc.boolean(),
    source: fc.record(
      { client: anyText(20), path: anyText(40) },
      { requiredKeys: [], noNullPrototype: true },
    ),
  },
  { requiredKeys: ['content'], noNullPrototype: true },
);

/** JSON has no -0. */
const asJson = (value: JsonObject): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;

describe('any memory', function () {
  this.timeout(600_000);
  const test = useStore({ shared: true });

  const isKept = (given: NewMemory, kept: Memory): void => {
    assert.equal(kept.contentHash, contentHashOf(given.content));
    assert.equal(kept.content, given.content);
    assert.equal(kept.contentSize, Buffer.byteLength(given.content));
    const tags = normaliseTags(given.tags ?? []);
    const project =
      given.project === undefined ? [] : normaliseTags([`proj:${normaliseTags([given.project])[0] ?? ''}`]);
    assert.deepEqual(kept.tags, [...new Set([...tags, ...project])]);
    assert.equal(kept.memoryType, given.memoryType);
    assert.deepEqual(kept.metadata, asJson(given.metadata ?? {}));
    if (given.createdAt !== undefined) assert.equal(kept.createdAt, given.createdAt + 0);
    assert.equal(kept.pinned, given.pinned ?? false);
    assert.deepEqual(kept.source, given.source);
  };

  /** Stored and read back exactly, or refused with an error that says what to do. */
  const storedOrRefused = async (given: NewMemory): Promise<boolean> => {
    try {
      const { contentHash, outcome } = await test.store.store(given);
      if (outcome === 'stored') isKept(given, await test.get(contentHash));
      return true;
    } catch (error) {
      if (!MemoryError.is(error) || !['invalid-input', 'too-large'].includes(error.code)) throw error;
      return false;
    }
  };

  it(`is stored and read back exactly, or refused (seed ${seed})`, async () => {
    let stored = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(memories, async (given) => {
        if (await storedOrRefused(given)) stored++;
        else refused++;
      }),
      { numRuns: soakRuns(5000), seed },
    );
    const { live, deleted } = await test.store.stats();
    assert.ok(stored > refused && refused > stored / 50, `${stored} stored, ${refused} refused`);
    assert.ok(live > 0 && live <= stored && deleted === 0);
    assert.deepEqual((await test.store.verify()).problems, []);
  });

  it(`is stored alike alone and among others (seed ${seed})`, async () => {
    let stored = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(memories, { minLength: 1, maxLength: 5 }), async (given) => {
        try {
          const results = await test.store.storeMany(given);
          assert.deepEqual(
            results.map(({ contentHash }) => contentHash),
            given.map(({ content }) => contentHashOf(content)),
          );
          stored += results.length;
          const kept = await test.store.get(results.map(({ contentHash }) => contentHash));
          assert.equal(kept.length, given.length);
          for (const [i, { outcome }] of results.entries()) {
            const [memory, read] = [given[i], kept[i]];
            const again =
              results.findLastIndex(({ contentHash }) => contentHash === results[i]?.contentHash) !== i;
            if (memory && read && outcome === 'stored' && !again) isKept(memory, read);
          }
        } catch (error) {
          if (!MemoryError.is(error)) throw error;
        }
      }),
      { numRuns: soakRuns(1000), seed },
    );
    assert.ok(stored > soakRuns(1000) / 10, `${stored} stored`);
    assert.deepEqual((await test.store.verify()).problems, []);
  });

  it(`and any question find an answer, or the question is refused as blank (seed ${seed})`, async () => {
    await test.store.embedPending();
    const filters = fc.record(
      { tags: fc.array(anyText(8), { maxLength: 2 }), pinned: fc.boolean(), memoryType: anyText(8) },
      { requiredKeys: [], noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(
        anyText(200),
        fc.constantFrom(...MODES),
        fc.option(filters, { nil: undefined }),
        async (query, mode, filter) => {
          try {
            const { hits } = await test.store.search({ query, mode, filter, limit: 20 });
            for (const { score, memory, snippet } of hits) {
              assert.ok(score >= 0 && score <= 1);
              assert.equal(memory.deletedAt, undefined);
              assert.ok(memory.content.includes(snippet.text));
            }
          } catch (error) {
            if (!MemoryError.is(error, 'invalid-input')) throw error;
            assert.ok(
              query.trim() === '' || filter?.tags !== undefined,
              `${mode} ${JSON.stringify(query)}: ${error.message}`,
            );
          }
        },
      ),
      { numRuns: soakRuns(5000), seed },
    );
  });

  it(`is found exactly by any part of it (seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText(120),
        fc.nat(),
        fc.integer({ min: 1, max: 60 }),
        async (content, from, length) => {
          const characters = Array.from(content);
          const query = characters
            .slice(from % (characters.length + 1))
            .slice(0, length)
            .join('')
            .trim();
          if (query === '' || !(await storedOrRefused({ content }))) return;
          const { hits } = await test.store.search({ query, mode: 'exact', limit: 1000 });
          assert.ok(
            // A full answer may leave it out.
            hits.length === 1000 || hits.some(({ memory }) => memory.contentHash === contentHashOf(content)),
            JSON.stringify([content, query]),
          );
        },
      ),
      { numRuns: soakRuns(2000), seed },
    );
  });
});
