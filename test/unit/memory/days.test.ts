import assert from 'node:assert/strict';
import type { Day, DayQuery } from '../../../src/memory/memory.ts';
import { refusal, useStore } from '../support/testStore.ts';

describe('the days that have memories', () => {
  const test = useStore();
  const store = (...times: readonly string[]) =>
    test.store.storeMany(
      times.map((time, i) => ({ content: `${i} at ${time}`, createdAt: new Date(time).getTime() / 1000 })),
    );
  const shown = (days: readonly Day[]) =>
    days.map(({ from, to, count }) => {
      const at = new Date(from * 1000);
      const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()].join('-');
      return `${date}: ${count}, ${(to - from) / 3600} h`;
    });
  const inPages = async (query: DayQuery): Promise<Day[]> => {
    const days: Day[] = [];
    for (let after: string | undefined; ;) {
      const page = await test.store.days({ ...query, after });
      days.push(...page.items);
      if (page.next === undefined) return days;
      after = page.next;
    }
  };

  it('are those of this time zone, newest first, with their counts', async () => {
    await store('2026-01-05T00:00:00', '2026-01-05T23:59:59.5', '2026-01-04T12:00:00', '2025-12-31T23:59:59');
    assert.deepEqual(shown((await test.store.days()).items), [
      '2026-1-5: 2, 24 h',
      '2026-1-4: 1, 24 h',
      '2025-12-31: 1, 24 h',
    ]);
    assert.deepEqual(shown((await test.store.days({ order: 'oldest', limit: 1 })).items), [
      '2025-12-31: 1, 24 h',
    ]);
  });

  it('leave out what is deleted or does not match', async () => {
    await store('2026-01-05T10:00:00', '2026-01-04T10:00:00', '2026-01-03T10:00:00');
    const [newest, second] = (await test.store.list({})).items;
    await test.store.delete([newest?.contentHash ?? '']);
    await test.store.update(second?.contentHash ?? '', { pinned: true });
    assert.deepEqual(shown((await test.store.days()).items), ['2026-1-4: 1, 24 h', '2026-1-3: 1, 24 h']);
    const pinned = await test.store.days({ filter: { pinned: true } });
    assert.deepEqual(shown(pinned.items), ['2026-1-4: 1, 24 h']);
  });

  it('come in pages in either order, however far apart they lie', async () => {
    await store(
      ...['1964-05-01', '1999-12-31', '2000-01-01', '2025-11-30', '2025-12-01', '2026-01-01'].map(
        (date) => `${date}T08:00:00`,
      ),
    );
    const newest = await inPages({ limit: 100 });
    assert.equal(newest.length, 6);
    for (const limit of [1, 2, 4]) {
      assert.deepEqual(await inPages({ limit }), newest);
      assert.deepEqual(await inPages({ limit, order: 'oldest' }), [...newest].reverse());
    }
  });

  it('are none in an empty store', async () => {
    assert.deepEqual(await test.store.days(), { items: [], next: undefined });
  });

  it('are of 23 and 25 hours when clocks change', async () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'America/New_York';
    try {
      await store('2025-11-02T23:30:00', '2025-11-02T00:30:00', '2025-03-09T12:00:00');
      assert.deepEqual(shown((await test.store.days()).items), ['2025-11-2: 2, 25 h', '2025-3-9: 1, 23 h']);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('are refused for impossible pages', async () => {
    await assert.rejects(test.store.days({ limit: 0 }), refusal('invalid-input'));
    await assert.rejects(test.store.days({ after: 'yesterday' }), refusal('invalid-input'));
  });
});
