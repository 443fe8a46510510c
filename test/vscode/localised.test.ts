import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { localised, sentencesOf } from '../../src/vscode/localised.ts';

/** Finds a text's sentence among those of a bundle; answers it with what filled its gaps. */
const found = (text: string, keys: readonly string[]): readonly (string | undefined)[] | undefined => {
  for (const { key, pattern } of sentencesOf(keys)) {
    const filled = pattern.exec(text);
    if (filled) return [key, ...filled.slice(1)];
  }
  return undefined;
};

describe('sentences of the engine', () => {
  it('stay as they are in English', () => {
    assert.equal(vscode.l10n.bundle, undefined);
    assert.equal(localised('The memory is empty.'), 'The memory is empty.');
  });

  it('are found again with what filled their gaps', () => {
    const keys = ['The memory has {0} bytes; at most {1} are stored.', 'There is no backup {0}.'];
    assert.deepEqual(found('The memory has 5,000 bytes; at most 10 are stored.', keys), [
      keys[0],
      '5,000',
      '10',
    ]);
    assert.deepEqual(found('There is no backup a (b) {c}\nd.', keys), [keys[1], 'a (b) {c}\nd']);
    assert.equal(found('Something else happened.', keys), undefined);
  });

  it('are the longest that fit', () => {
    const keys = ['There is no memory {0}', 'There is no memory {0} to link.'];
    assert.deepEqual(found('There is no memory abc to link.', keys), [keys[1], 'abc']);
  });

  it('are not taken for those that say nearly nothing themselves', () => {
    assert.equal(found('one: two', ['{0}: {1}', '{0} of {1}']), undefined);
  });
});
