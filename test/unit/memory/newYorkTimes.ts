/** Prints, as JSON, what times mean around the days on which the clocks of New York are changed. Runs in that zone. */
import { parseTimeRange } from '../../../src/memory/timeExpression.ts';

const nows = {
  'in spring': new Date('2026-03-09T12:00:00-04:00'),
  'in autumn': new Date('2026-11-02T12:00:00-05:00'),
  'in the second one': new Date('2026-11-01T01:30:30-05:00'),
};
const asked: [string, keyof typeof nows][] = [
  ['yesterday', 'in spring'],
  ['last week', 'in spring'],
  ['last 1 day', 'in spring'],
  ['36 hours ago', 'in spring'],
  ['yesterday', 'in autumn'],
  ['last weekend', 'in autumn'],
  ['2026-11-01', 'in autumn'],
  ['this hour', 'in the second one'],
  ['previous hour', 'in the second one'],
  ['this minute', 'in the second one'],
];

const answers = asked.map(([text, when]) => {
  const { from = 0, to = 0 } = parseTimeRange(text, nows[when]).range;
  return [`${text}, ${when}`, [from, to].map((seconds) => new Date(seconds * 1000).toISOString())];
});
console.log(JSON.stringify(Object.fromEntries(answers)));
