import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseTimeRange } from '../../../src/memory/timeExpression.ts';
import { refusal, useStore } from '../support/testStore.ts';

/** A Wednesday, 15:30:20 of local time. */
const NOW = new Date(2026, 10, 18, 15, 30, 20);
/** Now, and the minute that begins. */
const SOON = '2026-11-18 15:31:20';

/** Local time as it is read: `2026-11-18` or `2026-11-18 15:30`; nothing is open. */
const read = (text: string): string => {
  if (text === '') return '';
  return new Date(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T')).toString();
};
const understands =
  (cases: Record<string, string>, now = NOW) =>
  () => {
    for (const [text, expected] of Object.entries(cases)) {
      const { from, to } = parseTimeRange(text, now).range;
      const shown = [from, to].map((seconds) =>
        seconds === undefined ? '' : new Date(seconds * 1000).toString(),
      );
      assert.deepEqual(shown, expected.split(' – ').map(read), text);
    }
  };

describe('a time', () => {
  it(
    'may be ISO: a year, a month, a day, a minute, a second, with a zone or without',
    understands({
      '2026': '2026-01-01 – 2027-01-01',
      '2026-02': '2026-02-01 – 2026-03-01',
      '2026-02-28': '2026-02-28 – 2026-03-01',
      '2026-02-28T10:15': '2026-02-28 10:15 – 2026-02-28 10:16',
      '2026-02-28 10:15': '2026-02-28 10:15 – 2026-02-28 10:16',
      '2026-02-28T10:15:30': '2026-02-28 10:15:30 – 2026-02-28 10:15:31',
    }),
  );

  it('may be ISO with a zone', () => {
    const from = Date.UTC(2026, 1, 28, 10, 15, 30) / 1000;
    for (const text of ['2026-02-28T10:15:30Z', '2026-02-28t11:15:30+01:00', '2026-02-28 05:15:30-0500'])
      assert.deepEqual(parseTimeRange(text, NOW).range, { from, to: from + 1 }, text);
  });

  it(
    'may be a day, week, month, quarter or year of the calendar, weeks beginning on Monday',
    understands({
      today: '2026-11-18 – 2026-11-19',
      yesterday: '2026-11-17 – 2026-11-18',
      'this week': '2026-11-16 – 2026-11-23',
      'last week': '2026-11-09 – 2026-11-16',
      'Previous  Week': '2026-11-09 – 2026-11-16',
      'current month': '2026-11-01 – 2026-12-01',
      'last month': '2026-10-01 – 2026-11-01',
      'this quarter': '2026-10-01 – 2027-01-01',
      'last quarter': '2026-07-01 – 2026-10-01',
      'last year': '2025-01-01 – 2026-01-01',
      'previous hour': '2026-11-18 14:00 – 2026-11-18 15:00',
      'last weekend': '2026-11-14 – 2026-11-16',
      'this weekend': '2026-11-14 – 2026-11-16',
    }),
  );

  it(
    'may be a while up to now',
    understands({
      'last 3 days': `2026-11-15 15:30:20 – ${SOON}`,
      'past week': `2026-11-11 15:30:20 – ${SOON}`,
      'in the last month': `2026-10-18 15:30:20 – ${SOON}`,
      'last few hours': `2026-11-18 12:30:20 – ${SOON}`,
      'last 24h': `2026-11-17 15:30:20 – ${SOON}`,
      'last 7d': `2026-11-11 15:30:20 – ${SOON}`,
      'over the last week': `2026-11-11 15:30:20 – ${SOON}`,
      'last hour': `2026-11-18 14:30:20 – ${SOON}`,
      '2 hours ago': `2026-11-18 13:30:20 – ${SOON}`,
      'an hour ago': `2026-11-18 14:30:20 – ${SOON}`,
      'half an hour ago': `2026-11-18 15:00:20 – ${SOON}`,
      '15 min ago': `2026-11-18 15:15:20 – ${SOON}`,
      'ten minutes ago': `2026-11-18 15:20:20 – ${SOON}`,
    }),
  );

  it(
    'may be a whole day, week, month or year ago',
    understands({
      '3 days ago': '2026-11-15 – 2026-11-16',
      '3d ago': '2026-11-15 – 2026-11-16',
      '0 days ago': '2026-11-18 – 2026-11-19',
      'a few days ago': '2026-11-15 – 2026-11-16',
      'two weeks ago': '2026-11-02 – 2026-11-09',
      'a month ago': '2026-10-01 – 2026-11-01',
      '1 year ago': '2025-01-01 – 2026-01-01',
    }),
  );

  it(
    'may be a weekday, a date, a month, a clock time: the one that has begun already',
    understands({
      Monday: '2026-11-16 – 2026-11-17',
      'on Friday': '2026-11-13 – 2026-11-14',
      'last Friday': '2026-11-13 – 2026-11-14',
      Wednesday: '2026-11-18 – 2026-11-19',
      March: '2026-03-01 – 2026-04-01',
      December: '2025-12-01 – 2026-01-01',
      may: '2026-05-01 – 2026-06-01',
      'March 2025': '2025-03-01 – 2025-04-01',
      'Dec 25': '2025-12-25 – 2025-12-26',
      '25 December 2024': '2024-12-25 – 2024-12-26',
      '1st of November': '2026-11-01 – 2026-11-02',
      'November 20': '2025-11-20 – 2025-11-21',
      '3pm': '2026-11-18 15:00 – 2026-11-18 16:00',
      '5pm': '2026-11-17 17:00 – 2026-11-17 18:00',
      '10:15': '2026-11-18 10:15 – 2026-11-18 10:16',
      'yesterday at 3pm': '2026-11-17 15:00 – 2026-11-17 16:00',
      'last night': '2026-11-17 18:00 – 2026-11-18 06:00',
      'Tuesday of last week': '2026-11-10 – 2026-11-11',
      'Monday this week': '2026-11-16 – 2026-11-17',
      'March 1-5': '2026-03-01 – 2026-03-06',
      'December 1-5': '2025-12-01 – 2025-12-06',
    }),
  );

  it(
    'lies ahead only where the text says so',
    understands({
      tomorrow: '2026-11-19 – 2026-11-20',
      'next Monday': '2026-11-23 – 2026-11-24',
      'next week': '2026-11-23 – 2026-11-30',
      'November 20, 2026': '2026-11-20 – 2026-11-21',
    }),
  );

  it(
    'may be open to one side',
    understands({
      'since Monday': '2026-11-16 – ',
      'since yesterday': '2026-11-17 – ',
      'since 2 hours ago': '2026-11-18 13:30:20 – ',
      'from 9am': '2026-11-18 09:00 – ',
      'after 2026-01-31': '2026-02-01 – ',
      'after last week': '2026-11-16 – ',
      'before Tuesday': ' – 2026-11-17',
      'before last month': ' – 2026-10-01',
      'until yesterday': ' – 2026-11-18',
      'up to 2025': ' – 2026-01-01',
    }),
  );

  it(
    'may have two ends, both of them included',
    understands({
      'between 1 March and 5 March': '2026-03-01 – 2026-03-06',
      'from Monday to Wednesday': '2026-11-16 – 2026-11-19',
      'Friday to Monday': '2026-11-13 – 2026-11-17',
      '2026-01-01 to 2026-02-01': '2026-01-01 – 2026-02-02',
      'between 20 December and 10 January': '2025-12-20 – 2026-01-11',
      'from 9am to 11am': '2026-11-18 09:00 – 2026-11-18 12:00',
    }),
  );

  it(
    'keeps to the month where that has fewer days',
    understands(
      {
        'last 1 month': '2026-02-28 12:00 – 2026-03-31 12:01',
        'last 13 months': '2025-02-28 12:00 – 2026-03-31 12:01',
        'last month': '2026-02-01 – 2026-03-01',
        'a quarter ago': '2025-10-01 – 2026-01-01',
      },
      new Date(2026, 2, 31, 12),
    ),
  );

  it(
    'knows a weekend that has begun',
    understands(
      {
        weekend: '2026-11-21 – 2026-11-23',
        'last weekend': '2026-11-14 – 2026-11-16',
        'this week': '2026-11-16 – 2026-11-23',
        'last week': '2026-11-09 – 2026-11-16',
      },
      new Date(2026, 10, 22, 10),
    ),
  );

  it('reaches back to the year 0, and no further', () => {
    assert.equal(parseTimeRange('last 99999 years', NOW).range.from, -62_167_219_200);
  });

  it('is refused where a text is none, or only contains one', () => {
    const texts = [
      '',
      ' ',
      'how may I',
      'may I',
      'foo',
      'second',
      'second brain',
      'monday blues',
      'the march of time',
      '42',
      'x'.repeat(10_000),
    ];
    const halves = [
      'since',
      'before',
      'between',
      'between a and b',
      'last',
      'ago',
      'last 5',
      '5 minutes',
      'between 5 March and 1 March',
    ];
    const wrong = [
      '2026-13',
      '2026-00',
      '2026-02-30',
      '2026-02-30T10:00',
      '2026-02-28T25:00',
      '0050',
      '20261',
      '2026-1',
      '昨天 yesterday',
    ];
    for (const text of [...texts, ...halves, ...wrong])
      assert.throws(() => parseTimeRange(text, NOW), refusal('invalid-input'), text);
  });

  it('says what was understood', () => {
    assert.equal(parseTimeRange('last week', NOW).understood, '9 Nov 2026, 00:00 – 16 Nov 2026, 00:00');
    assert.equal(parseTimeRange('since Monday', NOW).understood, 'since 16 Nov 2026, 00:00');
    assert.equal(parseTimeRange('before 2026', NOW).understood, 'before 1 Jan 2026, 00:00');
  });

  it('has days of 23 and 25 hours where the clocks are changed', () => {
    const script = fileURLToPath(new URL('newYorkTimes.ts', import.meta.url));
    const output = execFileSync(process.execPath, [script], {
      env: { ...process.env, TZ: 'America/New_York' },
      encoding: 'utf8',
    });
    assert.deepEqual(JSON.parse(output), {
      // 8 March 2026: 2 o'clock is left out. 1 November: 1 o'clock comes twice.
      'yesterday, in spring': ['2026-03-08T05:00:00.000Z', '2026-03-09T04:00:00.000Z'],
      'last week, in spring': ['2026-03-02T05:00:00.000Z', '2026-03-09T04:00:00.000Z'],
      'last 1 day, in spring': ['2026-03-08T16:00:00.000Z', '2026-03-09T16:01:00.000Z'],
      '36 hours ago, in spring': ['2026-03-08T04:00:00.000Z', '2026-03-09T16:01:00.000Z'],
      'yesterday, in autumn': ['2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
      'last weekend, in autumn': ['2026-10-31T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
      '2026-11-01, in autumn': ['2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
      'this hour, in the second one': ['2026-11-01T06:00:00.000Z', '2026-11-01T07:00:00.000Z'],
      'previous hour, in the second one': ['2026-11-01T05:00:00.000Z', '2026-11-01T06:00:00.000Z'],
      'this minute, in the second one': ['2026-11-01T06:30:00.000Z', '2026-11-01T06:31:00.000Z'],
    });
  });
});

describe('a question with a time in it', () => {
  const test = useStore();

  it('is asked by its words: a time is a field of its own', async () => {
    await test.stored({ content: 'how may I deploy since Monday', createdAt: 1000 });
    for (const query of ['how may I deploy', 'deploy since monday', 'deploy last week'])
      assert.equal((await test.store.search({ query, mode: 'keyword' })).hits.length, 1, query);
  });
});
