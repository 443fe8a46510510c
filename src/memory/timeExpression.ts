import type { ParsedComponents, ParsedResult } from 'chrono-node';
import { parse as parseDates } from 'chrono-node/en';
import { MemoryError } from './errors.ts';
import type { TimeRange } from './memory.ts';

export interface UnderstoodTime {
  readonly range: TimeRange;
  /** What was understood, for a person to check. */
  readonly understood: string;
}

type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

const UNIT = 'minute|hour|day|week|month|quarter|year';
/** The last hour and minute are a while up to now: who asks at ten past two means what was stored at two too. */
const CALENDAR = new RegExp(`^(?!last (?:hour|minute)$)(last|previous|this|current|next)\\s+(${UNIT})$`);
const WEEKDAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');
const WEEKDAY = new RegExp(
  `^(?:on\\s+)?(${WEEKDAYS.join('|')})\\s+(?:of\\s+)?(last|previous|this|next)\\s+week$`,
);
const LAST_NIGHT = /^(?:last|yesterday)\s+night$/;
const WEEKEND = /^(?:(last|previous|this|the)\s+)?weekend$/;
const ROLLING = new RegExp(
  `^(?:(?:in|over|within)\\s+)?(?:the\\s+)?(?:last|past)\\s+(\\d{1,5}|a|an|few)?\\s*(${UNIT})s?$`,
);
const AGO = new RegExp(`^(\\d{1,5}|an?|(?:a\\s+)?few)\\s+(${UNIT})s?\\s+ago$`);
const BOUND = /^(since|from|after|before|until|till|up to)\s+(.+)$/;
const BETWEEN = /^(?:(?:between|from)\s+)?(.+?)\s+(?:and|to|until)\s+(.+)$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[t ]\d{2}:\d{2}(:\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?$/;
/** “7d” and “24h” are written in short; “m” is a minute or a month, and so neither. */
const SHORT_UNITS: Readonly<Record<string, Unit>> = {
  min: 'minute',
  h: 'hour',
  hr: 'hour',
  d: 'day',
  w: 'week',
  y: 'year',
};
const SHORT = /\b(\d{1,5}) ?(min|hr?|d|w|y)s?\b/g;
const NUMBERS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const NUMBER = new RegExp(`\\b(${NUMBERS.join('|')})\\b`, 'g');
/** SQLite and ISO text begin with the year 0; the range of all years is no mistake. */
const YEAR_0 = -62_167_219_200;

/** First instant of the unit that holds `date`, in local time; weeks begin on Monday. */
const startOf = (unit: Unit, date: Date): Date => {
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  // Not from local hours: when clocks are set back, one of them comes twice.
  const sinceMinute = date.getSeconds() * 1000 + date.getMilliseconds();
  switch (unit) {
    case 'minute':
      return new Date(date.getTime() - sinceMinute);
    case 'hour':
      return new Date(date.getTime() - date.getMinutes() * 60_000 - sinceMinute);
    case 'day':
      return new Date(year, month, day);
    case 'week':
      return new Date(year, month, day - ((date.getDay() + 6) % 7));
    case 'month':
      return new Date(year, month, 1);
    case 'quarter':
      return new Date(year, month - (month % 3), 1);
    case 'year':
      return new Date(year, 0, 1);
  }
};

const add = (unit: Unit, count: number, date: Date): Date => {
  const moved = new Date(date);
  switch (unit) {
    case 'minute':
      return new Date(date.getTime() + count * 60_000);
    case 'hour':
      return new Date(date.getTime() + count * 3_600_000);
    case 'day':
      moved.setDate(moved.getDate() + count);
      return moved;
    case 'week':
      return add('day', 7 * count, date);
    case 'month': {
      const day = moved.getDate();
      moved.setMonth(moved.getMonth() + count);
      // 31 March less one month is the end of February, not 3 March.
      if (moved.getDate() !== day) moved.setDate(0);
      return moved;
    }
    case 'quarter':
      return add('month', 3 * count, date);
    case 'year':
      return add('month', 12 * count, date);
  }
};

interface Span {
  readonly from: Date;
  readonly to: Date;
}

const whole = (unit: Unit, date: Date): Span => {
  const from = startOf(unit, date);
  return { from, to: add(unit, 1, from) };
};

const countOf = (word = ''): number => (word.endsWith('few') ? 3 : /^\d/.test(word) ? Number(word) : 1);

/** From then up to now, with what is stored while somebody looks. */
const upTo = (now: Date, from: Date): Span => ({ from, to: add('minute', 1, now) });

const second = (from: Date): Span => ({ from, to: new Date(from.getTime() + 1000) });

/** The span of one date as it was written: a day, unless the hour or only the month or year was given. */
const spanOf = (parts: ParsedComponents, text: string): Span => {
  const date = parts.date();
  if (parts.isCertain('second')) return second(date);
  // “3pm” is an hour, “3:00 pm” a minute.
  if (parts.isCertain('minute') && text.includes(':')) return whole('minute', date);
  if (parts.isCertain('hour')) return whole('hour', date);
  if (parts.isCertain('day') || parts.isCertain('weekday')) return whole('day', date);
  if (parts.isCertain('month')) return whole('month', date);
  if (parts.isCertain('year')) return whole('year', date);
  return whole('day', date);
};

/** An hour, weekday or month alone means the one that has begun already: memories lie in the past. */
const inThePast = (span: Span, parts: ParsedComponents, text: string, now: Date): Span => {
  if (span.from <= now || parts.isCertain('year') || /\bnext\b/.test(text)) return span;
  const unit = parts.isCertain('month') ? 'year' : parts.isCertain('weekday') ? 'week' : 'day';
  return { from: add(unit, -1, span.from), to: add(unit, -1, span.to) };
};

const chronoSpan = (text: string, now: Date): Span | undefined => {
  const results: ParsedResult[] = parseDates(text, now, { forwardDate: false });
  const [result] = results;
  // The whole text must be a date: "may" inside a sentence is not a month.
  if (result === undefined || results.length > 1) return undefined;
  const rest = text.replace(result.text.toLowerCase(), '').replace(/\b(on|in|at|the|of)\b/g, '');
  if (/[\p{L}\p{N}]/u.test(rest)) return undefined;
  const date = result.start.date();
  // To the second but without a clock time: a while ago, as in “half an hour ago” or “last 24h”.
  if (result.start.isCertain('second') && !text.includes(':') && date <= now) return upTo(now, date);
  const start = spanOf(result.start, text);
  const span = result.end ? { from: start.from, to: spanOf(result.end, text).to } : start;
  return inThePast(span, result.start, text, now);
};

/** Undefined where there is no such day. */
const isoDay = (text: string): Span | undefined => {
  const [, year, month, day] = /^([1-9]\d{3})-(\d{2})-(\d{2})$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const span = whole('day', new Date(year, month - 1, day));
  return span.from.getDate() === day && span.from.getMonth() === month - 1 ? span : undefined;
};

const isoSpan = (text: string): Span | undefined => {
  if (/^[1-9]\d{3}$/.test(text)) return whole('year', new Date(Number(text), 0, 1));
  const month = /^([1-9]\d{3})-(0[1-9]|1[0-2])$/.exec(text);
  if (month) return whole('month', new Date(Number(month[1]), Number(month[2]) - 1, 1));
  const time = DATE_TIME.exec(text);
  if (!time) return isoDay(text);
  const instant = new Date(text.replace(' ', 'T').toUpperCase());
  if (isoDay(time[1] ?? '') === undefined || Number.isNaN(instant.getTime())) return undefined;
  return time[2] === undefined ? whole('minute', instant) : second(instant);
};

/** The latest that has begun, or the one before it. */
const weekend = (which: string | undefined, now: Date): Span => {
  const saturday = add('day', 5, startOf('week', now));
  const begun = saturday <= now;
  const isLast = which === 'last' || which === 'previous';
  const from = add('week', (begun ? 0 : -1) - (begun && isLast ? 1 : 0), saturday);
  return { from, to: add('day', 2, from) };
};

/** From the calendar's present unit to the one that is meant. */
const stepsTo = (which = ''): number => ({ this: 0, current: 0, next: 1 })[which] ?? -1;

const lastNight = (now: Date): Span => {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  return { from: new Date(year, month, day - 1, 18), to: new Date(year, month, day, 6) };
};

const spanOfText = (text: string, now: Date): Span | undefined => {
  const calendar = CALENDAR.exec(text);
  if (calendar) {
    const unit = calendar[2] as Unit;
    return whole(unit, add(unit, stepsTo(calendar[1]), startOf(unit, now)));
  }
  const weekday = WEEKDAY.exec(text);
  if (weekday) {
    const week = add('week', stepsTo(weekday[2]), startOf('week', now));
    return whole('day', add('day', WEEKDAYS.indexOf(weekday[1] ?? ''), week));
  }
  if (LAST_NIGHT.test(text)) return lastNight(now);
  const someWeekend = WEEKEND.exec(text);
  if (someWeekend) return weekend(someWeekend[1], now);
  const rolling = ROLLING.exec(text);
  if (rolling) return upTo(now, add(rolling[2] as Unit, -countOf(rolling[1]), now));
  const ago = AGO.exec(text);
  if (ago) {
    const unit = ago[2] as Unit;
    const then = add(unit, -countOf(ago[1]), now);
    return unit === 'minute' || unit === 'hour' ? upTo(now, then) : whole(unit, then);
  }
  if (/^\d{4}(-|$)/.test(text)) return isoSpan(text);
  return chronoSpan(text, now);
};

const seconds = (date: Date): number => Math.max(YEAR_0, date.getTime() / 1000);

const rangeOf = (text: string, now: Date): TimeRange | undefined => {
  const between = BETWEEN.exec(text);
  if (between) {
    const from = spanOfText(between[1] ?? '', now);
    const to = spanOfText(between[2] ?? '', now);
    if (from && to && from.from < to.to) return { from: seconds(from.from), to: seconds(to.to) };
  }
  const bound = BOUND.exec(text);
  const span = spanOfText(bound?.[2] ?? text, now);
  if (!span) return undefined;
  switch (bound?.[1]) {
    case 'since':
    case 'from':
      return { from: seconds(span.from) };
    case 'after':
      // After an hour or a moment that lies in the past, or after a whole day.
      return { from: seconds(span.to) };
    case 'before':
      return { to: seconds(span.from) };
    case undefined:
      return { from: seconds(span.from), to: seconds(span.to) };
    default:
      return { to: seconds(span.to) };
  }
};

const describe = ({ from, to }: TimeRange): string => {
  const show = (at: number) =>
    new Date(at * 1000).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
  if (from !== undefined && to !== undefined) return `${show(from)} – ${show(to)}`;
  if (from !== undefined) return `since ${show(from)}`;
  return to === undefined ? 'any time' : `before ${show(to)}`;
};

/**
 * Understands a field that holds a time: ISO dates and times, and English such as “last week”, “2 hours ago”,
 * “since Monday”, “between 1 March and 5 March”. Local time of this machine. Throws where it does not understand.
 */
export const parseTimeRange = (text: string, now = new Date()): UnderstoodTime => {
  const plain = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const range = rangeOf(
    plain
      .replace(NUMBER, (word) => String(NUMBERS.indexOf(word)))
      .replace(SHORT, (_, count: string, unit: string) => `${count} ${SHORT_UNITS[unit] ?? unit}s`),
    now,
  );
  if (range === undefined)
    throw new MemoryError(
      'invalid-input',
      `“${text.slice(0, 60)}” is not a time that can be understood.`,
      'Write for example “last week”, “2 hours ago”, “since Monday” or “2026-01-31”.',
    );
  return { range, understood: describe(range) };
};
