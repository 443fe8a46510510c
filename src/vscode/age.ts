import * as vscode from 'vscode';

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** How long ago `seconds` since the epoch were, in the language of the editor: "3 hr. ago". */
export function age(
  seconds: number,
  style: Intl.RelativeTimeFormatStyle = 'short',
  now = Date.now() / 1000,
): string {
  const format = new Intl.RelativeTimeFormat(vscode.env.language, { numeric: 'auto', style });
  const past = seconds - now;
  const step = STEPS.find(([, length]) => Math.abs(past) >= length);
  return step === undefined ? vscode.l10n.t('now') : format.format(Math.trunc(past / step[1]), step[0]);
}
