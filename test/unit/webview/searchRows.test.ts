import assert from 'node:assert/strict';
import type { ResultRow } from '../../../src/shared/searchProtocol.ts';
import { parts, refine } from '../../../src/webview/search/refine.ts';
import { keepPlace, rowWindow, scrollToShow } from '../../../src/webview/search/rowWindow.ts';

const row = (hash: string, text = hash): ResultRow => ({
  hash,
  title: undefined,
  text,
  marks: [],
  truncatedBefore: false,
  tags: [],
  moreTags: 0,
  type: undefined,
  projects: [],
  age: 'now',
  date: '',
  pinned: false,
  localOnly: false,
  superseded: false,
  fromCode: false,
  score: 1,
  why: undefined,
});
const hashes = (rows: readonly ResultRow[]): string => rows.map(({ hash }) => hash).join('');
const list = (text: string): ResultRow[] => Array.from(text, (hash) => row(hash));

describe('rows of the search webview', () => {
  describe('when a fuller answer comes', () => {
    it('take its order while nobody reads them', () => {
      assert.equal(hashes(refine(list('abc'), list('cxa'), false)), 'cxa');
    });

    it('stay where they are under somebody who reads them; new ones come after', () => {
      assert.equal(hashes(refine(list('abc'), list('cxab'), true)), 'abcx');
    });

    it('come back to where they were before they went', () => {
      const gone = new Map([
        ['a', 0],
        ['c', 2],
      ]);
      assert.equal(hashes(refine(list('bd'), list('xabcd'), true, gone)), 'abcdx');
    });

    it('say what the new answer says, and go when they match no more', () => {
      const refined = refine(list('ab'), [row('b', 'renewed')], true);
      assert.deepEqual(
        refined.map(({ text }) => text),
        ['renewed'],
      );
    });
  });

  describe('of a long list', () => {
    it('are drawn where they are in sight, and a little beyond', () => {
      assert.deepEqual(
        rowWindow({ count: 10_000, rowHeight: 50, scrollTop: 100_000, height: 500 }),
        [1992, 2018],
      );
      assert.deepEqual(rowWindow({ count: 3, rowHeight: 50, scrollTop: 0, height: 500 }), [0, 3]);
      assert.deepEqual(rowWindow({ count: 3, rowHeight: 50, scrollTop: 5000, height: 500 }), [3, 3]);
    });

    it('are few before their height is known', () => {
      assert.deepEqual(rowWindow({ count: 10_000, rowHeight: 0, scrollTop: 0, height: 0 }), [0, 16]);
    });

    it('are scrolled to no farther than needed', () => {
      const viewport = { rowHeight: 50, scrollTop: 100, height: 200 };
      assert.equal(scrollToShow(1, viewport), 50);
      assert.equal(scrollToShow(3, viewport), 100);
      assert.equal(scrollToShow(6, viewport), 150);
    });

    it('keep their place though others come and go before them', () => {
      const viewport = { rowHeight: 50, scrollTop: 110 };
      assert.equal(keepPlace(Array.from('abcdef'), Array.from('xyabcdef'), viewport), 210);
      assert.equal(keepPlace(Array.from('abcdef'), Array.from('bcdef'), viewport), 60);
      // The one at the edge is gone: the next one holds the place.
      assert.equal(keepPlace(Array.from('abcdef'), Array.from('xabdef'), viewport), 110);
      assert.equal(keepPlace(Array.from('abc'), Array.from('xabc'), { rowHeight: 50, scrollTop: 0 }), 0);
    });
  });

  describe('with marks', () => {
    it('are parted at them', () => {
      assert.deepEqual(
        parts('use WAL mode', [[4, 7]]).map(({ text, marked }) => (marked ? `<${text}>` : text)),
        ['use ', '<WAL>', ' mode'],
      );
    });

    it('never lose or repeat text, whatever the marks', () => {
      for (const marks of [
        [[-3, 2]],
        [[8, 4]],
        [
          [0, 5],
          [3, 9],
        ],
        [[5, 99]],
        [[20, 30]],
      ] as [number, number][][])
        assert.equal(
          parts('some text', marks)
            .map(({ text }) => text)
            .join(''),
          'some text',
        );
    });
  });
});
