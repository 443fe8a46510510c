import assert from 'node:assert/strict';
import type { SearchMode } from '../../../../src/memory/memory.ts';
import { useStore } from '../../support/testStore.ts';

const MODES: readonly SearchMode[] = ['hybrid', 'keyword', 'meaning', 'exact'];

describe('a question', () => {
  const test = useStore({ shared: true });
  const text = `She said "near the *harbour*" AND left - NOT "alone" (col:umn) ^first {a b} + 100% of C:\\temp\\x it's`;
  const ask = (query: string, mode: SearchMode) => test.store.search({ query, mode });

  before(async () => {
    await test.store.storeMany([
      { content: text },
      { content: 'something else about boats' },
      { content: `boats ${'filler '.repeat(50)}` },
      { content: '不同的语言 🎉' },
    ]);
    await test.store.embedPending();
  });

  it('is never syntax: quotes, stars, brackets and operators are characters and words', async () => {
    const queries = [
      '"near the *harbour*"',
      'harbour*',
      '"harbour',
      'harbour"',
      'NEAR(harbour said, 5)',
      'NEAR(',
      'harbour AND said OR left NOT alone',
      'NOT harbour',
      '-harbour',
      'col:umn harbour',
      'body:harbour',
      'rowid:harbour',
      '^harbour',
      '{harbour}',
      'harbour + said',
      "harbour' OR 1=1 --",
      'harbour; DROP TABLE memories',
      'C:\\temp\\x',
      '100% harbour_',
      "it's",
    ];
    for (const query of queries)
      for (const mode of ['keyword', 'hybrid'] as const)
        assert.equal((await ask(query, mode)).hits[0]?.memory.content, text, `${mode} ${query}`);
  });

  it('is found exactly with all its signs', async () => {
    for (const query of [
      '"near the *harbour*" AND',
      '- NOT "',
      '(col:umn) ^',
      '{a b} + 100%',
      'C:\\temp\\',
      "it's",
      '^f',
      '%',
    ])
      assert.deepEqual(
        (await ask(query, 'exact')).hits.map(({ memory }) => memory.content),
        [text],
        query,
      );
    for (const query of ['near the harbour', 'harb%', 'h_rbour', '*'.repeat(3)])
      assert.deepEqual((await ask(query, 'exact')).hits, [], query);
  });

  it('of signs, stop words, pictures or broken characters alone is answered without an error', async () => {
    const queries = [
      '"',
      '""',
      "'",
      '*',
      '-',
      '--',
      '(',
      ')',
      '^',
      ':',
      '\\',
      '%',
      '_',
      'AND',
      'OR NOT',
      'NEAR',
      'the of and to',
      '!!! ??? ...',
      '🎉',
      '👩‍👩‍👧‍👦🏳️‍🌈',
      '不',
      '不同',
      '不同的',
      'ひらがな',
      '\u0301',
      '\u200d',
      '\u0001',
      '\ud83c',
      'x\udf89y',
      '\ud800\ud800\ud800\ud800',
      'a\u0000b',
      '\u0000\u0000\u0000',
      '"\u0000 harbour',
      '\u{10ffff}',
      'İ'.repeat(10),
    ];
    for (const query of queries)
      for (const mode of MODES) {
        const { hits } = await ask(query, mode);
        for (const { snippet, score } of hits) {
          assert.ok(score >= 0 && score <= 1);
          assert.ok(snippet.marks.every(([start, end]) => start < end && end <= snippet.text.length));
        }
      }
  });

  it('with U+0000 finds no text beside it: no memory has that character', async () => {
    assert.deepEqual((await ask('boats\u0000', 'exact')).hits, []);
    assert.equal((await ask('boats\u0000', 'keyword')).hits.length, 2);
  });

  it('of 50 KB is answered in time, by its words and by its meaning', async () => {
    const start = performance.now();
    const words = Array.from({ length: 8000 }, (_, i) => `word${i}`).join(' ');
    for (const query of [`boats ${words}`, 'boats '.repeat(8500), `boats${' '.repeat(50_000)}`]) {
      assert.ok(query.length >= 50_000);
      for (const mode of ['hybrid', 'keyword'] as const)
        assert.ok(
          (await ask(query, mode)).hits.some(({ memory }) => memory.content.includes('boats')),
          mode,
        );
      await ask(query, 'meaning');
      await ask(query, 'exact');
    }
    for (const query of ['x'.repeat(50_000), '数'.repeat(50_000), '.-/'.repeat(17_000), '🎉'.repeat(25_000)])
      for (const mode of MODES) await ask(query, mode);
    assert.ok(performance.now() - start < 10_000);
  });

  it('that is a whole memory finds it exactly, however long', async () => {
    const long = `boats ${'filler '.repeat(50)}`.trim();
    assert.equal((await ask(long, 'exact')).hits.length, 1);
    assert.equal((await ask(`${long}x`, 'exact')).hits.length, 0);
    const shared = 'The same long beginning of many memories. '.repeat(8);
    await test.store.storeMany(
      Array.from({ length: 120 }, (_, i) => ({ content: `${shared} number ${i}.` })),
    );
    for (const i of [0, 60, 119])
      assert.equal((await ask(`${shared.toUpperCase()} number ${i}.`, 'exact')).hits.length, 1);
  });
});
