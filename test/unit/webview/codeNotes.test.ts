import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { CodeNote } from '../../../src/shared/searchProtocol.ts';
import { CodeNotes } from '../../../src/webview/search/codeNotes.ts';
import { until } from '../support/until.ts';

describe('what has become of the code of memories in sight', () => {
  let asked: string[];
  let drawn: number;
  let changed: Set<string>;
  let notes: CodeNotes;

  beforeEach(() => {
    asked = [];
    drawn = 0;
    changed = new Set(['b']);
    const ask = (hashes: readonly string[]): Promise<CodeNote[]> => {
      asked.push(hashes.join(''));
      const found = hashes.filter((hash) => changed.has(hash));
      return Promise.resolve(found.map((hash) => ({ hash, what: 'changed', kind: 'changed' })));
    };
    notes = new CodeNotes(ask, () => drawn++);
  });

  it('is asked for once, when scrolling rests', async () => {
    for (const rows of [['a'], ['a', 'b'], ['b', 'c']]) notes.look(rows);
    await until(() => notes.of('b') !== undefined);
    assert.deepEqual([asked, drawn, notes.of('c')], [['bc'], 1, undefined]);
    notes.look(['b', 'c', 'd']);
    await until(() => asked.length === 2);
    assert.equal(asked[1], 'd');
    notes.look(['c', 'd']);
    await setTimeout(200);
    assert.deepEqual([asked.length, drawn], [2, 1]);
  });

  it('stands until it is said anew, after files or memories changed', async () => {
    notes.look(['b']);
    await until(() => notes.of('b') !== undefined);
    changed.clear();
    notes.forget();
    assert.equal(notes.of('b')?.what, 'changed');
    notes.look(['b']);
    await until(() => notes.of('b') === undefined);
    assert.equal(drawn, 2);
  });
});
