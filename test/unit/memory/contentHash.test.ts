import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { contentHashOf, stripLikePython } from '../../../src/memory/contentHash.ts';
import { pythonHashes, pythonLower, pythonSpace, sigmaAlphabet, sigmaDigest } from './pythonReference.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const everyCodePoint = function* (): Generator<[number, string]> {
  for (let code = 0; code <= 0x10ffff; code++)
    if (code < 0xd800 || code > 0xdfff) yield [code, String.fromCodePoint(code)];
};

const pairsOfRun = (run: string): [number, number][] => {
  const [, first = '', last = first, step = '1', distance = ''] =
    /^([0-9a-f]+)(?:-([0-9a-f]+)\/(\d))?([+-]\d+)$/.exec(run) ?? [];
  const pairs: [number, number][] = [];
  for (let code = parseInt(first, 16); code <= parseInt(last, 16); code += Number(step))
    pairs.push([code, code + Number(distance)]);
  return pairs;
};

const textsOver = (alphabet: readonly string[], length: number): string[] =>
  length === 0
    ? ['']
    : alphabet.flatMap((first) => textsOver(alphabet, length - 1).map((rest) => first + rest));

describe('the hash of a content', () => {
  it("is Python's for white space, letters and scripts of every kind", () => {
    for (const [content, hash] of pythonHashes)
      assert.equal(contentHashOf(content), hash, JSON.stringify(content).slice(0, 60));
  });

  it('ignores at both ends what Python strips, and no other code point', () => {
    const stripped = [...everyCodePoint()].filter(([, character]) => stripLikePython(character) === '');
    assert.equal(stripped.map(([code]) => code.toString(16)).join(' '), pythonSpace);
    for (const [, character] of stripped)
      assert.equal(stripLikePython(`${character}x${character}y${character}`), `x${character}y`);
    assert.equal(stripLikePython('\u{feff}x\u{feff}'), '\u{feff}x\u{feff}');
  });

  it('lowers every code point as Python does', () => {
    const pairs = pythonLower.trim().split(/\s+/).flatMap(pairsOfRun);
    assert.equal(pairs.length, 1432);
    for (const [code, lower] of pairs)
      assert.equal(String.fromCodePoint(code).toLowerCase(), String.fromCodePoint(lower), code.toString(16));
    assert.equal('İ'.toLowerCase(), 'i\u0307');
  });

  it('lowers Σ by what stands around it, as Python does', () => {
    const texts = [1, 2, 3].flatMap((length) => textsOver(sigmaAlphabet, length));
    assert.equal(texts.length, 4368);
    assert.equal(sha256(texts.map(contentHashOf).join('\n')), sigmaDigest);
  });

  it('takes time in proportion to the text, even of white space alone', function () {
    this.retries(2); // other programs may take the time
    const spaces = ' '.repeat(1_000_000);
    const start = performance.now();
    contentHashOf(`${spaces}x${spaces}y${spaces}`);
    assert.ok(performance.now() - start < 2000);
  });
});
