import type { OverviewData } from '../../shared/overviewProtocol.ts';

export interface Bucket {
  /** Its first and last day. */
  readonly first: Date;
  readonly last: Date;
  readonly count: number;
}

/** Columns that can be told apart. */
const MOST = 60;
const HALF_DAY = 43_200;

const startOf = {
  day: (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()),
  /** Weeks begin on Mondays (ISO 8601). */
  week: (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate() - ((at.getDay() + 6) % 7)),
  month: (at: Date) => new Date(at.getFullYear(), at.getMonth(), 1),
  year: (at: Date) => new Date(at.getFullYear(), 0, 1),
} as const;

const next = {
  day: (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1),
  week: (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate() + 7),
  month: (at: Date) => new Date(at.getFullYear(), at.getMonth() + 1, 1),
  year: (at: Date) => new Date(at.getFullYear() + 1, 0, 1),
} as const;

type Unit = keyof typeof startOf;

/** Memories by day, week, month or year: the shortest with which all fit; up to today, empty ones too. */
export const timeBuckets = (days: OverviewData['days'], today = new Date()): Bucket[] => {
  const [oldest] = days;
  if (oldest === undefined) return [];
  // Noon is in the same day even where the clocks changed since.
  const dated = days.map(({ from, count }) => ({ at: new Date((from + HALF_DAY) * 1000), count }));
  const latest = new Date(Math.max(today.getTime(), dated.at(-1)?.at.getTime() ?? 0));
  const units: readonly Unit[] = ['day', 'week', 'month', 'year'];
  for (const unit of units) {
    const buckets = between(dated[0]?.at ?? today, latest, unit);
    if (buckets.length > MOST && unit !== 'year') continue;
    const counts = new Map(buckets.map(({ first }) => [first.getTime(), 0]));
    for (const { at, count } of dated) {
      const start = startOf[unit](at).getTime();
      counts.set(start, (counts.get(start) ?? 0) + count);
    }
    return buckets.map((bucket) => ({ ...bucket, count: counts.get(bucket.first.getTime()) ?? 0 }));
  }
  return [];
};

const between = (oldest: Date, latest: Date, unit: Unit): Bucket[] => {
  const buckets: Bucket[] = [];
  for (
    let first = startOf[unit](oldest);
    first <= latest && buckets.length < 1000;
    first = next[unit](first)
  ) {
    const end = next[unit](first);
    buckets.push({ first, last: new Date(end.getFullYear(), end.getMonth(), end.getDate() - 1), count: 0 });
  }
  return buckets;
};

/** `2026-05-12`, as a person of this time zone counts. */
export const isoDay = (at: Date): string =>
  [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
