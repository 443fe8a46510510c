import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fuse } from '../../../../src/memory/search/fusion.ts';
import type { RankedList } from '../../../../src/memory/search/keywordSearch.ts';
import { soakRuns } from '../../support/testStore.ts';

const list = fc.record({
  weight: fc.double({ min: 0.05, max: 2, noNaN: true }),
  hashes: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { minLength: 1 }),
});
const holds = (check: (lists: RankedList[]) => void) =>
  fc.assert(fc.property(fc.array(list, { minLength: 1, maxLength: 5 }), check), { numRuns: soakRuns(2000) });

describe('the fusion of ranked lists', () => {
  it('gives each hash once, best first, with a score above 0 and up to 1', () => {
    holds((lists) => {
      const fused = fuse(lists);
      assert.deepEqual(
        fused.map(({ hash }) => hash).sort(),
        [...new Set(lists.flatMap(({ hashes }) => hashes))].sort(),
      );
      const scores = fused.map(({ score }) => score);
      assert.ok(scores.every((score) => score > 0 && score <= 1 + 1e-12));
      assert.deepEqual(
        scores,
        scores.toSorted((a, b) => b - a),
      );
    });
  });

  it('gives 1 to what is first in every list, and to nothing else', () => {
    holds((lists) => {
      const [best] = fuse(lists);
      const first = lists.every(({ hashes }) => hashes[0] === best?.hash);
      assert.equal(Math.abs((best?.score ?? 0) - 1) < 1e-9, first);
    });
  });

  it('keeps the order of a list that stands alone, or with its like', () => {
    holds(([one = { weight: 1, hashes: [] }]) => {
      for (const lists of [[one], [one, { ...one, weight: 0.3 }]])
        assert.deepEqual(
          fuse(lists).map(({ hash }) => hash),
          one.hashes,
        );
    });
  });

  it('never puts a hash lower for standing higher in a list', () => {
    holds((lists) => {
      const place = (of: readonly RankedList[], hash: string) =>
        fuse(of).findIndex((each) => each.hash === hash);
      const [head, ...rest] = lists;
      const raised = head?.hashes.at(-1);
      if (head === undefined || raised === undefined) return;
      const better = { ...head, hashes: [raised, ...head.hashes.slice(0, -1)] };
      const scoreOf = (of: readonly RankedList[]) => fuse(of).find(({ hash }) => hash === raised)?.score ?? 0;
      assert.ok(scoreOf([better, ...rest]) >= scoreOf(lists));
      assert.ok(place([better, ...rest], raised) <= place(lists, raised));
    });
  });

  it('lets two lists outvote one of the same weight, and not one of three times the weight', () => {
    const two = [
      { weight: 1, hashes: ['a', 'b'] },
      { weight: 1, hashes: ['a', 'b'] },
    ];
    assert.equal(fuse([...two, { weight: 1, hashes: ['b', 'a'] }])[0]?.hash, 'a');
    assert.equal(fuse([...two, { weight: 3, hashes: ['b', 'a'] }])[0]?.hash, 'b');
  });

  it('gives nothing for nothing', () => {
    assert.deepEqual(fuse([]), []);
  });
});
