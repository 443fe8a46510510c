const STEPS: readonly (readonly [string, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** How long ago `seconds` since the epoch were: “3 days ago”. */
export const ageOf = (seconds: number, now = Date.now() / 1000): string => {
  const past = now - seconds;
  const [unit, length] = STEPS.find((step) => past >= step[1]) ?? [];
  if (unit === undefined || length === undefined) return 'now';
  const count = Math.trunc(past / length);
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
};
