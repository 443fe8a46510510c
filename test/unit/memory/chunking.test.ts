import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Chunk, chunksOf } from '../../../src/memory/chunking.ts';
import { soakRuns } from '../support/testStore.ts';

const SIZES = { size: 360, overlap: 100 };
const partsOf = (text: string, sizes = SIZES): string[] =>
  chunksOf(text, sizes).map(({ start, end }) => text.slice(start, end));

/** Texts with the boundaries that chunks look for, and with characters of two code units. */
const text = fc
  .array(
    fc.constantFrom('word', ' ', ' ', '. ', '\n', '\n\n', '。', '🎉', '数据', 'é', '🎉🎉🎉', 'longerword'),
    {
      maxLength: 600,
    },
  )
  .map((parts) => parts.join(''));
/** An overlap below 60 % of the size: where every chunk ends behind the one before. */
const sizes = fc
  .record({ size: fc.integer({ min: 4, max: 500 }), part: fc.double({ min: 0, max: 0.55, noNaN: true }) })
  .map(({ size, part }) => ({ size, overlap: Math.floor(size * part) }));

const holds = (check: (text: string, chunks: Chunk[], sizes: { size: number; overlap: number }) => void) =>
  fc.assert(
    fc.property(text, sizes, (content, both) => check(content, chunksOf(content, both), both)),
    { numRuns: soakRuns(2000) },
  );

describe('chunks of a text', () => {
  it('are one where the text is short', () => {
    assert.deepEqual(chunksOf('', SIZES), [{ start: 0, end: 0 }]);
    assert.deepEqual(chunksOf('x'.repeat(360), SIZES), [{ start: 0, end: 360 }]);
  });

  it('cover the text from its beginning to its end, in order', () => {
    holds((content, chunks) => {
      assert.equal(chunks[0]?.start, 0);
      assert.equal(chunks.at(-1)?.end, content.length);
      for (const [i, { start, end }] of chunks.entries()) {
        const before = chunks[i - 1];
        assert.ok(before === undefined || (start > before.start && start <= before.end && end > before.end));
      }
    });
  });

  it('are no longer than asked, and overlap no more than asked', () => {
    holds((_, chunks, { size, overlap }) => {
      for (const [i, { start, end }] of chunks.entries()) {
        assert.ok(end - start <= size);
        assert.ok((chunks[i - 1]?.end ?? 0) - start <= overlap);
      }
    });
  });

  it('never part a surrogate pair', () => {
    holds((content, chunks) => {
      for (const { start, end } of chunks) assert.ok(content.slice(start, end).isWellFormed());
    });
  });

  it('never part one where there is no boundary but characters of two code units', () => {
    for (const overlap of [33, 34])
      for (const before of ['', 'x'])
        for (const part of partsOf(before + '🎉'.repeat(500), { size: 100, overlap }))
          assert.ok(part.isWellFormed());
  });

  it('are the same every time', () => {
    holds((content, chunks, both) => assert.deepEqual(chunksOf(content, both), chunks));
  });

  it('end at a paragraph rather than a line, at a line rather than a sentence, at a sentence rather than a word', () => {
    const filler = 'word '.repeat(50);
    for (const [better, worse] of [
      ['\n\n', '\n'],
      ['\n', '. '],
      ['. ', ' '],
      ['。', ' '],
    ] as const) {
      const [first] = partsOf(`${filler}Here it ends${better}and goes${worse}on ${filler}${filler}`);
      assert.ok(first?.endsWith(`Here it ends${better}`), JSON.stringify([better, first]));
    }
  });

  it('end within the text where it has no boundary at all', () => {
    const parts = partsOf('x'.repeat(1000));
    assert.deepEqual(
      parts.map(({ length }) => length),
      [360, 360, 360, 220],
    );
  });

  it('begin with a whole word', () => {
    for (const part of partsOf('some words here '.repeat(100))) assert.match(part, /^(some|words|here) /);
  });

  it('take time in proportion to the text, even without a boundary in it', function () {
    this.retries(2); // other programs may take the time
    const start = performance.now();
    chunksOf('x'.repeat(8_000_000), SIZES);
    assert.ok(performance.now() - start < 4000);
  });
});
