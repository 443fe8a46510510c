import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyOf, queryTermsOf, quoteForFts, stemOf } from '../../../../src/memory/search/queryTerms.ts';
import { soakRuns } from '../../support/testStore.ts';

describe('the terms of a question', () => {
  it('are its words, lower-case and once each, without those that say nothing', () => {
    assert.deepEqual(queryTermsOf('How does the Sync of a SYNC queue work?').words, [
      'sync',
      'queue',
      'work',
    ]);
    assert.deepEqual(queryTermsOf('where is it').words, ['where', 'is', 'it']);
  });

  it('are also its compounds, whole, as they stand in code', () => {
    const compounds = [
      'eu-west-1',
      'snake_case',
      'getUserName',
      'foo.bar()',
      'src/a/b.ts',
      'C++',
      'C:\\x',
      '#12345',
      '@scope/name',
      'v1.2',
    ];
    for (const compound of compounds)
      assert.deepEqual(
        queryTermsOf(`the ${compound} thing`).substrings,
        [compound.replace(/\(\)$/, '')],
        compound,
      );
    assert.deepEqual(queryTermsOf('C# or F#').short, ['C#', 'F#']);
    for (const plain of ['word', 'Word', 'ends.', 'well-known'.slice(0, 4), 'i.'])
      assert.deepEqual(queryTermsOf(plain).substrings, []);
  });

  it('are the words of a run without spaces, single characters only where there is nothing else', () => {
    const { substrings, short } = queryTermsOf('今天我们讨论数据的迁移');
    assert.deepEqual([...substrings, ...short], ['今天', '我们', '讨论', '数据', '迁移']);
    assert.deepEqual(queryTermsOf('库').short, ['库']);
    assert.deepEqual(queryTermsOf('東京').short, ['東京']);
  });

  it('are short runs without spaces as a whole too, whatever words they are cut into', () => {
    assert.deepEqual(queryTermsOf('数据库').substrings, ['数据库']);
    assert.deepEqual(queryTermsOf('数据库').short, ['数据']);
  });

  it('are the pictures in it, each with all its parts', () => {
    assert.deepEqual(queryTermsOf('party 🎉').short, ['🎉']);
    assert.deepEqual(queryTermsOf('👩‍👩‍👧‍👦').substrings, ['👩‍👩‍👧‍👦']);
  });

  it('of a pasted page are no more than an index takes in time', () => {
    const page = Array.from({ length: 10_000 }, (_, i) => `w${i}-x 字${i} 🎉`).join(' ');
    const { words, substrings, short } = queryTermsOf(page);
    assert.ok(words.length <= 48 && substrings.length <= 48 && short.length <= 8);
  });

  it('of any text are well-formed, not empty, and the same every time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const terms = queryTermsOf(text);
        assert.deepEqual(queryTermsOf(text), terms);
        for (const term of [...terms.words, ...terms.substrings, ...terms.short])
          assert.ok(term !== '' && term.isWellFormed() && !term.includes('\u0000'));
      }),
      { numRuns: soakRuns(5000) },
    );
  });

  it('are quoted for FTS5, where two quotes stand for one', () => {
    assert.equal(quoteForFts('say "x"'), '"say ""x"""');
    assert.equal(anyOf(['a', 'b c']), '"a" OR "b c"');
  });

  it('are compared as the index stems them', () => {
    for (const [word, stem] of [
      ['Deployments', 'deploy'],
      ['running', 'run'],
      ['Größe', 'große'],
      ['DATABASES', 'databas'],
    ] as const)
      assert.equal(stemOf(word), stem);
  });
});
