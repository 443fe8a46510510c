import { DEFAULT_PAGE, unusableCursor } from './cursors.ts';
import { compileFilter, type Condition, isOpen } from './filters.ts';
import type { Day, DayQuery, MemoryFilter, Page } from './memory.ts';
import type { CallOptions, SqlDatabase, SqlRow, SqlStatement } from './ports.ts';

/** Where most days are empty, each look takes so many times as many days as the one before, up to a limit. */
const SPREAD = 4;
const LONGEST_LOOK = 4096;

/** Seconds. Every zone's days begin with one of these, so that the database counts and the days are told apart here. */
const SLOT = 900;
/** The year 0, before which there are no memories: keeps the division from rounding towards zero. */
const BEGINNING = 62_167_219_200;

/** Pages of the days that have memories: two statements a look, both on the index on their time. */
export const dayPage = async (
  sql: SqlDatabase,
  { limit = DEFAULT_PAGE, after, order = 'newest', filter = {} }: DayQuery = {},
  options?: CallOptions,
): Promise<Page<Day>> => {
  const newest = order === 'newest';
  const edgeOf = (day: Span | undefined): number | undefined => (newest ? day?.from : day?.to);
  const days: Day[] = [];
  let edge = after === undefined ? undefined : placeOf(after);
  for (let look = limit + 1; days.length <= limit; look = Math.min(look * SPREAD, LONGEST_LOOK)) {
    const [found] = await sql.read([nearest(filter, order, edge)], options);
    const at = found?.[0]?.['at'];
    if (typeof at !== 'number') break;
    const last = dayOf(at, newest ? 1 - look : look - 1);
    const span = newest ? { from: last.from, to: dayOf(at).to } : { from: dayOf(at).from, to: last.to };
    const [slots = []] = await sql.read([countSlots(filter, span)], options);
    const counted = byDay(slots);
    days.push(...(newest ? counted.reverse() : counted));
    edge = edgeOf(last);
  }
  const items = days.slice(0, limit);
  return { items, next: days.length > limit ? String(edgeOf(items.at(-1))) : undefined };
};

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The calendar day so many days after that of `seconds`; days of 23 and 25 hours too. */
const dayOf = (seconds: number, later = 0): Span => {
  const at = new Date(seconds * 1000);
  const startOf = (days: number): number =>
    new Date(at.getFullYear(), at.getMonth(), at.getDate() + days).getTime() / 1000;
  return { from: startOf(later), to: startOf(later + 1) };
};

/** Oldest first. */
const byDay = (slots: readonly SqlRow[]): Day[] => {
  const days: Day[] = [];
  for (const { slot, n } of slots) {
    const start = Number(slot) * SLOT - BEGINNING;
    const day = days.at(-1);
    if (day !== undefined && start < day.to) days[days.length - 1] = { ...day, count: day.count + Number(n) };
    else days.push({ ...dayOf(start), count: Number(n) });
  }
  return days;
};

/** When the first memory beyond the edge was created, in the order asked. */
const nearest = (
  filter: MemoryFilter,
  order: 'newest' | 'oldest',
  edge: number | undefined,
): SqlStatement => {
  const { sql, params } = compileFilter(filter);
  const [beyond, direction] = order === 'newest' ? ['<', 'DESC'] : ['>=', 'ASC'];
  return {
    sql: `SELECT m.created_at AS at FROM memories m WHERE ${sql} ${edge === undefined ? '' : `AND m.created_at ${beyond} ?`}
      ORDER BY m.created_at ${direction} LIMIT 1`,
    params: [...params, ...(edge === undefined ? [] : [edge])],
  };
};

const countSlots = (filter: MemoryFilter, { from, to }: Span): SqlStatement => {
  const { sql, params } = matching(filter);
  return {
    sql: `SELECT CAST((m.created_at + ${BEGINNING}) / ${SLOT} AS INTEGER) AS slot, count(*) AS n FROM memories m
      WHERE m.created_at >= ? AND m.created_at < ? AND ${sql} GROUP BY slot ORDER BY slot`,
    params: [from, to, ...params],
  };
};

/** All but the few deleted ones can be counted from the index on their time, without their records. */
const matching = (filter: MemoryFilter): Condition =>
  isOpen(filter)
    ? { sql: 'm.id NOT IN (SELECT id FROM memories WHERE deleted_at IS NOT NULL)', params: [] }
    : compileFilter(filter);

const placeOf = (cursor: string): number => {
  if (!/^-?\d+$/.test(cursor)) throw unusableCursor(cursor);
  return Number(cursor);
};
