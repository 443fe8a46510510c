import * as vscode from 'vscode';
import { SPANS } from '../memory/age.ts';

/** How long ago `seconds` since the epoch were, in the language of the editor: "3 hr. ago". */
export function age(
  seconds: number,
  style: Intl.RelativeTimeFormatStyle = 'short',
  now = Date.now() / 1000,
): string {
  const format = new Intl.RelativeTimeFormat(vscode.env.language, { numeric: 'auto', style });
  const past = seconds - now;
  const span = SPANS.find(([, length]) => Math.abs(past) >= length);
  return span === undefined ? vscode.l10n.t('now') : format.format(Math.trunc(past / span[1]), span[0]);
}
