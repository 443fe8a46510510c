const STEPS: readonly (readonly [string, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** How long ago `seconds` since the epoch were: “3 hours ago”. Not by Intl.RelativeTimeFormat, which takes 20 ms to load. */
export const age = (seconds: number, now = Date.now() / 1000): string => {
  const past = now - seconds;
  const [unit, length] = STEPS.find((step) => Math.abs(past) >= step[1]) ?? [];
  if (unit === undefined || length === undefined) return 'now';
  const count = Math.trunc(Math.abs(past) / length);
  const span = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return past > 0 ? `${span} ago` : `in ${span}`;
};

/** Local date and time to the second. */
export const dateTime = (seconds: number): string => new Date(seconds * 1000).toLocaleString('sv-SE');
