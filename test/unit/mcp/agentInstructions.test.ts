import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { sectionState, withInstructions, withoutInstructions } from '../../../src/mcp/agentInstructions.ts';
import { refusal } from '../support/testStore.ts';

const FILE = '# Rules\n\nUse tabs.\n';

describe('the section of a project’s instructions', () => {
  it('is added at the end, once, and taken away without a trace', () => {
    const once = withInstructions(FILE);
    assert.ok(once.startsWith(FILE));
    assert.match(
      once,
      /<!-- edge-memory:begin -->\n## Edge Memory\n[^]*memory_search[^]*\n<!-- edge-memory:end -->\n$/,
    );
    assert.equal(withInstructions(once), once);
    assert.equal(withoutInstructions(once), FILE);
    assert.equal(withoutInstructions(FILE), FILE);
  });

  it('is brought up to date where it stands; what is around it stays', () => {
    const old = `${FILE}\n<!-- edge-memory:begin -->\nold text\n<!-- edge-memory:end -->\n\nMore rules.\n`;
    assert.equal(sectionState(old), 'outdated');
    const updated = withInstructions(old);
    assert.equal(sectionState(updated), 'current');
    assert.ok(updated.startsWith(`${FILE}\n<!--`) && updated.endsWith('-->\n\nMore rules.\n'));
    assert.doesNotMatch(updated, /old text/);
    assert.equal(withoutInstructions(updated), `${FILE}\nMore rules.\n`);
  });

  it('keeps a file’s line endings and its byte order mark', () => {
    const windows = '\ufeff# Rules\r\n\r\nUse tabs.\r\n';
    const written = withInstructions(windows);
    assert.doesNotMatch(written, /[^\r]\n/);
    assert.equal(withoutInstructions(written), windows);
    assert.equal(sectionState(written), 'current');
  });

  it('makes an empty file its own, and gives it back empty', () => {
    assert.equal(withoutInstructions(withInstructions('')), '');
    assert.equal(sectionState(''), 'absent');
  });

  it('is not touched where its marks are damaged', () => {
    const whole = withInstructions(FILE);
    for (const damaged of [
      whole.replace('<!-- edge-memory:end -->', ''),
      whole.replace('<!-- edge-memory:begin -->', ''),
      whole + whole,
      '<!-- edge-memory:end -->\n<!-- edge-memory:begin -->\n',
    ])
      for (const change of [withInstructions, withoutInstructions, sectionState])
        assert.throws(() => change(damaged), refusal('conflict'));
  });

  it('leaves any text as it was, after it came and went', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', ' ', '#', '<!--', 'é') }), (text) => {
        const there = withInstructions(text);
        assert.equal(withInstructions(there), there);
        const back = withoutInstructions(there);
        // An end of line is added to a last line without one, and empty files become empty.
        assert.equal(back.trimEnd(), text.trimEnd());
        assert.ok(back.startsWith(text) || text.trim() === '');
      }),
    );
  });
});
