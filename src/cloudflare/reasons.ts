/** What only the words of an error tell, not its code. */
export type Reason =
  | 'd1-transient'
  | 'd1-daily-rows'
  | 'd1-full'
  | 'd1-too-big'
  | 'd1-constraint'
  | 'd1-corrupt'
  | 'd1-busy'
  | 'd1-timeout'
  | 'd1-missing-table'
  | 'address-not-allowed'
  | 'vector-limit';

/** Any error of SQLite on D1. */
export const SQL_ERROR = 7500;

/**
 * https://developers.cloudflare.com/d1/observability/debug-d1/ and /d1/best-practices/retry-queries/. In this order: a
 * timeout is said to reset the object, too, but a query that is too long fails again.
 */
const d1Words: readonly (readonly [RegExp, Reason])[] = [
  [/daily row (?:read|write)|free tier daily/i, 'd1-daily-rows'],
  [/exceeded timeout|exceeded its CPU time/i, 'd1-timeout'],
  [
    /Network connection lost|storage caused object to be reset|reset because its code was updated|Cannot resolve D1 DB due to transient issue/i,
    'd1-transient',
  ],
  [/Exceeded maximum DB size|SQLITE_FULL|database or disk is full/i, 'd1-full'],
  [/SQLITE_TOOBIG|string or blob too big/i, 'd1-too-big'],
  [/SQLITE_CONSTRAINT|constraint failed/i, 'd1-constraint'],
  [/SQLITE_CORRUPT|disk image is malformed/i, 'd1-corrupt'],
  [/SQLITE_BUSY|overloaded|Too many requests queued/i, 'd1-busy'],
  [/no such (?:table|column)|has no column named/i, 'd1-missing-table'],
];

const otherWords: readonly (readonly [RegExp, Reason])[] = [
  [/access token from location/i, 'address-not-allowed'],
  [/vectorize\.not_entitled/i, 'vector-limit'],
];

/** The only place that matches on Cloudflare's texts. */
export const reasonOf = (code: number | undefined, words: string): Reason | undefined =>
  (code === SQL_ERROR ? d1Words : otherWords).find(([pattern]) => pattern.test(words))?.[1];
