import assert from 'node:assert/strict';
import { ageOf } from '../../../src/memory/age.ts';
import { momentOf, secondsOfIso, timeRangeOf } from '../../../src/cli/times.ts';

const local = (...parts: [number, number, number, number?]) =>
  new Date(parts[0], parts[1] - 1, parts[2], parts[3] ?? 0).getTime() / 1000;

describe('times at the terminal', () => {
  it('reads ISO 8601: a zone where one is named, else local time', () => {
    assert.equal(secondsOfIso('2026-01-31T14:00:00.25Z'), Date.UTC(2026, 0, 31, 14) / 1000 + 0.25);
    assert.equal(secondsOfIso('2026-01-31T14:00:00.123456+00:00'), Date.UTC(2026, 0, 31, 14) / 1000 + 0.123);
    assert.equal(secondsOfIso('2026-01-31 14:00'), local(2026, 1, 31, 14));
    assert.equal(secondsOfIso('2026-01-31'), local(2026, 1, 31));
    assert.equal(secondsOfIso('2028-02-29'), local(2028, 2, 29));
    for (const text of [
      'yesterday',
      '2026',
      '2026-13-01',
      '',
      '31.1.2026',
      '2026-02-30',
      '2026-02-29T10:00Z',
    ])
      assert.equal(secondsOfIso(text), undefined, text);
  });

  it('takes a moment as seconds, as ISO, or as English, of which the beginning counts', async () => {
    assert.equal(await momentOf('1000000.5'), 1_000_000.5);
    assert.equal(await momentOf('2026-01-31'), local(2026, 1, 31));
    assert.equal(await momentOf('2026'), local(2026, 1, 1));
    assert.equal(await momentOf('1 March 2026'), local(2026, 3, 1));
    for (const text of ['someday', '2026-02-30', '20260230'])
      await assert.rejects(momentOf(text), { code: 'invalid-input' }, text);
  });

  it('takes eight digits for a day where they make one', async () => {
    assert.equal(await momentOf('20260131'), local(2026, 1, 31));
    assert.equal(await momentOf('20269931'), 20_269_931);
    assert.equal(await momentOf('1769860800'), 1_769_860_800);
  });

  it('joins --time, --after and --before to one range', async () => {
    assert.equal(await timeRangeOf({}), undefined);
    assert.deepEqual(await timeRangeOf({ after: '2026-01-31' }), { from: local(2026, 1, 31) });
    assert.deepEqual(await timeRangeOf({ before: '2026-01-31' }), { to: local(2026, 1, 31) });
    assert.deepEqual(await timeRangeOf({ time: '2026-01', after: '2026-01-10', before: '2026-05-01' }), {
      from: local(2026, 1, 10),
      to: local(2026, 2, 1),
    });
  });

  it('says how long ago something was', () => {
    const now = 1_000_000_000;
    assert.equal(ageOf(now - 20, now), 'now');
    assert.equal(ageOf(now - 60, now), '1 minute ago');
    assert.equal(ageOf(now - 3 * 86_400 - 5, now), '3 days ago');
    assert.equal(ageOf(now + 7200, now), 'in 2 hours');
  });
});
