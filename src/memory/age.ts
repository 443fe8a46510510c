/** Units of time with their length in seconds, the longest first. */
export const SPANS = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** How long ago `seconds` since the epoch were: “3 hours ago”. Not by Intl.RelativeTimeFormat, which takes 20 ms to load. */
export const ageOf = (seconds: number, now = Date.now() / 1000): string => {
  const past = now - seconds;
  const [unit, length] = SPANS.find((span) => Math.abs(past) >= span[1]) ?? [];
  if (unit === undefined) return 'now';
  const count = Math.trunc(Math.abs(past) / length);
  const span = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return past > 0 ? `${span} ago` : `in ${span}`;
};
