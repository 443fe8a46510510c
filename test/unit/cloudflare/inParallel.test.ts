import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { inParallel } from '../../../src/cloudflare/inParallel.ts';
import { groupsOf } from '../../../src/memory/groups.ts';

describe('work in parallel', () => {
  it('gives results in the order of the items, never more at once than allowed', async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel([5, 1, 4, 2, 3], 2, async (n) => {
      most = Math.max(most, ++running);
      for (let i = 0; i < n; i++) await setImmediate();
      running--;
      return n * 10;
    });
    assert.deepEqual(results, [50, 10, 40, 20, 30]);
    assert.equal(most, 2);
  });

  it('starts nothing more after a failure', async () => {
    const started: number[] = [];
    const run = inParallel([1, 2, 3, 4], 2, async (n) => {
      started.push(n);
      if (n === 2) throw new Error('two');
      await setImmediate();
    });
    await assert.rejects(run, /two/);
    await setImmediate();
    await setImmediate();
    assert.deepEqual(started, [1, 2]);
  });

  it('does nothing with nothing', async () => {
    assert.deepEqual(await inParallel([], 3, () => assert.fail()), []);
    assert.deepEqual(groupsOf([], 3), []);
    assert.deepEqual(groupsOf([1, 2, 3, 4], 3), [[1, 2, 3], [4]]);
  });
});
