import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { EmbeddingsModel } from '@energetic-ai/embeddings';
import fc from 'fast-check';
import { UnigramTokenizer } from '../../../../src/local/useLite/tokenizer.ts';
import type { Vocabulary } from '../../../../src/local/useLite/tokenizer.ts';
import { weightsFiles } from '../../../../src/local/useLite/weightsFile.ts';
import { builtWeights } from './builtWeights.ts';
import { cpuTime } from './cpuTime.ts';
import { referenceModel } from './reference.ts';
import { code, english, odd } from './sampleTexts.ts';

describe('The unigram tokenizer', () => {
  let reference: EmbeddingsModel;
  let vocabulary: Vocabulary;
  let tokenizer: UnigramTokenizer;

  before(async () => {
    reference = await referenceModel();
    const file = path.join(await builtWeights(), weightsFiles.vocabulary);
    vocabulary = JSON.parse(readFileSync(file, 'utf8')) as Vocabulary;
    tokenizer = new UnigramTokenizer(vocabulary);
  });

  const piecesOf = (text: string) => tokenizer.tokenize(text).map((id) => vocabulary[id]?.[0]);

  it('cuts words into their most probable pieces, each word after U+2581', () => {
    assert.deepEqual(piecesOf('the cat sat'), ['▁the', '▁cat', '▁sat']);
    assert.deepEqual(piecesOf('refactoring'), ['▁re', 'fact', 'or', 'ing']);
  });

  it('makes one unknown piece of a run of unknown characters', () => {
    assert.deepEqual(piecesOf('a 未知 b'), ['▁a', '▁', '�', '▁b']);
  });

  it('has no piece for an empty text', () => {
    assert.deepEqual(tokenizer.tokenize(''), []);
  });

  it(`agrees with the reference on ${english.length + code.length + odd.length} texts in many scripts`, () => {
    for (const text of [...english, ...code, ...odd]) {
      assert.deepEqual(tokenizer.tokenize(text), reference.tokenizer.encode(text), JSON.stringify(text));
    }
  });

  it('agrees with the reference on any text', () => {
    const words = fc.array(fc.constantFrom(...english.flatMap((text) => text.split(' ')), '未', '🙂', ''));
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      words.map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(text, (any) => {
        assert.deepEqual(tokenizer.tokenize(any), reference.tokenizer.encode(any));
      }),
      { numRuns: 500 },
    );
  });

  it('stops at the limit, and answers the beginning of what it would answer without', () => {
    for (const text of [...english, ...code]) {
      assert.deepEqual(tokenizer.tokenize(text, 7), tokenizer.tokenize(text).slice(0, 7), text);
    }
  });

  it('reads no more of a huge text than the limit needs', () => {
    const huge = 'the build server '.repeat(1_000_000);
    const took = cpuTime(() => assert.equal(tokenizer.tokenize(huge, 128).length, 128));
    // All of it would take some ten seconds.
    assert.ok(took < 500, `${took} ms`);
  });
});
