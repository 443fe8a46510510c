import assert from 'node:assert/strict';
import { isoDay, timeBuckets } from '../../../src/webview/overview/timeBuckets.ts';

const dayAt = (year: number, month: number, day: number, count: number) => ({
  from: new Date(year, month - 1, day).getTime() / 1000,
  count,
});
const today = new Date(2026, 4, 20, 15);

describe('the columns of the time chart', () => {
  it('are days up to today, empty ones too', () => {
    const buckets = timeBuckets([dayAt(2026, 5, 17, 2), dayAt(2026, 5, 19, 1)], today);
    assert.deepEqual(
      buckets.map(({ first, last, count }) => [isoDay(first), isoDay(last), count]),
      [
        ['2026-05-17', '2026-05-17', 2],
        ['2026-05-18', '2026-05-18', 0],
        ['2026-05-19', '2026-05-19', 1],
        ['2026-05-20', '2026-05-20', 0],
      ],
    );
  });

  it('become weeks that begin on Monday, then months, then years', () => {
    const weeks = timeBuckets([dayAt(2025, 11, 20, 3)], today);
    assert.deepEqual(
      [isoDay(weeks[0]?.first ?? today), isoDay(weeks[0]?.last ?? today)],
      ['2025-11-17', '2025-11-23'],
    );
    const months = timeBuckets([dayAt(2023, 2, 14, 3)], today);
    assert.deepEqual(
      [isoDay(months[0]?.first ?? today), isoDay(months[0]?.last ?? today)],
      ['2023-02-01', '2023-02-28'],
    );
    assert.equal(months.length, 40);
    assert.equal(timeBuckets([dayAt(1999, 2, 14, 3)], today).length, 28);
  });

  it('lose no memory, whatever their width', () => {
    for (const year of [1990, 2020, 2025, 2026]) {
      const days = Array.from({ length: 120 }, (_, i) => dayAt(year, 1, 1 + i, 1));
      const counted = timeBuckets(days, today).reduce((sum, { count }) => sum + count, 0);
      assert.equal(counted, 120);
    }
  });

  it('are none without memories, and reach beyond today for those from the future', () => {
    assert.deepEqual(timeBuckets([], today), []);
    assert.equal(timeBuckets([dayAt(2026, 5, 22, 1)], today).at(-1)?.count, 1);
  });
});
