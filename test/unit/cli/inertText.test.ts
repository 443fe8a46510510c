import assert from 'node:assert/strict';
import fc from 'fast-check';
import { headline, inert, inertJson, oneLine } from '../../../src/cli/inertText.ts';

const acts = /(?![\n\t])[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

describe('inert text', () => {
  it('shows what would act on a terminal, and keeps line breaks and tabs', () => {
    assert.equal(inert('a\u001b[2J\tb\r\nc\rd\u202e'), 'a\\u001b[2J\tb\nc\\u000dd\\u202e');
    assert.equal(oneLine(' a\r\n\tb\u0007 '), ' a b\\u0007 ');
  });

  it('keeps letters of every script and emoji', () => {
    for (const text of ['Zürich', '日本語', 'עברית', '👩‍👩‍👧', 'é']) assert.equal(inert(text), text);
  });

  it('cuts a headline without cutting a character', () => {
    assert.equal(headline('\n  short\n text', 20), 'short text');
    assert.equal(headline('a long line of text', 10), 'a long li…');
    assert.ok(headline('😀'.repeat(50), 10).isWellFormed());
  });

  it('holds for any text, and JSON stays exact', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(inert(text), acts);
        assert.doesNotMatch(headline(text, 20), acts);
        assert.doesNotMatch(inertJson({ text }), acts);
        assert.equal((JSON.parse(inertJson({ text })) as { text: string }).text, text);
      }),
    );
  });
});
