import assert from 'node:assert/strict';
import type { ActiveStore } from '../../../src/vscode/activeStore.ts';
import { Latencies, timed } from '../../../src/vscode/latencies.ts';

describe('how long calls took', () => {
  it('is told by the middle and the slow end, the slowest first', () => {
    const latencies = new Latencies();
    for (let i = 1; i <= 100; i++) latencies.record('search', i);
    latencies.record('store', 500);
    assert.deepEqual(latencies.summary(), [
      { call: 'store', count: 1, median: 500, p95: 500 },
      { call: 'search', count: 100, median: 50, p95: 95 },
    ]);
  });

  it('is remembered of the last 200 only', () => {
    const latencies = new Latencies();
    for (let i = 0; i < 300; i++) latencies.record('search', i < 100 ? 9999 : 1);
    assert.deepEqual(latencies.summary(), [{ call: 'search', count: 200, median: 1, p95: 1 }]);
  });

  it('is measured of calls that succeed, and changes nothing about them', async () => {
    const failure = new Error('no');
    const store = {
      name: 'mine',
      search: (query: string) => Promise.resolve(`found ${query}`),
      list: () => Promise.reject(failure),
      describe: () => Promise.resolve('not measured'),
    };
    const latencies = new Latencies();
    const measured = timed(store as unknown as ActiveStore, latencies) as unknown as typeof store;
    assert.equal(await measured.search('x'), 'found x');
    await assert.rejects(measured.list(), failure);
    assert.equal(await measured.describe(), 'not measured');
    assert.equal(measured.name, 'mine');
    assert.deepEqual(
      latencies.summary().map(({ call, count }) => [call, count]),
      [['search', 1]],
    );
  });
});
