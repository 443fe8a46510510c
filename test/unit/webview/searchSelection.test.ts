import assert from 'node:assert/strict';
import {
  activate,
  chooseAll,
  chooseOnly,
  extend,
  NO_SELECTION,
  prune,
  type Selection,
  targetsOf,
  toggle,
} from '../../../src/webview/search/selection.ts';

const rows = Array.from('abcdef');
const chosen = (selection: Selection): string => [...selection.chosen].sort().join('');

describe('the selection of the search webview', () => {
  it('is one row after a click, and more with Ctrl', () => {
    const two = toggle(chooseOnly('b'), 'd');
    assert.equal(chosen(two), 'bd');
    assert.equal(two.active, 'd');
    assert.equal(chosen(toggle(two, 'b')), 'd');
  });

  it('reaches from the anchor to the row with Shift, both ways', () => {
    assert.equal(chosen(extend(chooseOnly('c'), 'e', rows)), 'cde');
    const there = extend(chooseOnly('c'), 'e', rows);
    assert.equal(chosen(extend(there, 'a', rows)), 'abc');
    assert.equal(chosen(extend(NO_SELECTION, 'b', rows)), 'b');
  });

  it('is left alone by a move with Ctrl', () => {
    const moved = activate(chooseOnly('a'), 'f');
    assert.equal(chosen(moved), 'a');
    assert.equal(moved.active, 'f');
  });

  it('can be everything', () => {
    assert.equal(chosen(chooseAll(NO_SELECTION, rows)), 'abcdef');
    assert.equal(chooseAll(NO_SELECTION, rows).active, 'a');
  });

  it('loses what is gone, and goes on at its neighbour', () => {
    const after = prune(chooseOnly('c'), rows, Array.from('abdef'));
    assert.equal(after.active, 'd');
    assert.equal(chosen(after), 'd');
    assert.equal(prune(chooseOnly('f'), rows, Array.from('abc')).active, 'c');
    assert.equal(prune(chooseOnly('a'), rows, []).active, undefined);
    assert.equal(chosen(prune(extend(chooseOnly('a'), 'c', rows), rows, Array.from('acdef'))), 'ac');
  });

  it('is what an action is for, unless it is called on another row', () => {
    const two = toggle(chooseOnly('b'), 'd');
    assert.deepEqual(targetsOf(two, 'b'), ['b', 'd']);
    assert.deepEqual(targetsOf(two, 'a'), ['a']);
    assert.deepEqual(targetsOf(two, undefined), ['b', 'd']);
  });
});
