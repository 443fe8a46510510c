import { MemoryError } from '../memory/errors.ts';
import type { TimeRange } from '../memory/memory.ts';

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;

const COMPACT = /^((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/;

/** JavaScript takes 30 February for 2 March. */
const isDay = (year: number, month: number, day: number): boolean =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;

/** Seconds since the epoch of an ISO 8601 date or time; local time where it names no zone. */
export const secondsOfIso = (text: string): number | undefined => {
  const [, year, month, day] = ISO.exec(text) ?? [];
  if (day === undefined || !isDay(Number(year), Number(month), Number(day))) return undefined;
  // JavaScript reads a date alone as UTC, a person as theirs.
  const milliseconds = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(',', '.'));
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
};

const rangeOf = async (text: string): Promise<TimeRange> => {
  // Parsing dates in English takes a large module.
  const { parseTimeRange } = await import('../memory/timeExpression.ts');
  return parseTimeRange(text).range;
};

/** The moment that `text` names: seconds since the epoch, ISO 8601, or English, of which the beginning counts. */
export const momentOf = async (text: string): Promise<number> => {
  // Four digits are a year, eight that make a day are meant as one: as seconds they would lie before 1974.
  if (/^\d{5,}(\.\d+)?$/.test(text) && !COMPACT.test(text)) return Number(text);
  const iso = secondsOfIso(text.replace(COMPACT, '$1-$2-$3'));
  if (iso !== undefined) return iso;
  const { from, to } = await rangeOf(text);
  const moment = from ?? to;
  if (moment === undefined)
    throw new MemoryError('invalid-input', `“${text}” is no moment.`, 'Write for example 2026-01-31T14:00.');
  return moment;
};

export interface TimeOptions {
  readonly time?: string;
  readonly after?: string;
  readonly before?: string;
}

/** What lies within --time, from --after on and before --before. */
export const timeRangeOf = async ({ time, after, before }: TimeOptions): Promise<TimeRange | undefined> => {
  if (time === undefined && after === undefined && before === undefined) return undefined;
  const within = time === undefined ? {} : await rangeOf(time);
  const starts = [within.from, after === undefined ? undefined : await momentOf(after)];
  const ends = [within.to, before === undefined ? undefined : await momentOf(before)];
  const from = Math.max(...starts.filter((start) => start !== undefined));
  const to = Math.min(...ends.filter((end) => end !== undefined));
  // Without arguments, max and min are infinite: no bound.
  return { ...(Number.isFinite(from) && { from }), ...(Number.isFinite(to) && { to }) };
};
